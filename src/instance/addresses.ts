/** IP addresses and CIDR blocks as text, as instance.yaml has them. */

/** RFC 1122, 3.2.1.3: 127.0.0.0/8 never leaves the host; RFC 4291, 2.5.3: ::1. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || /^(0{0,4}:){2,7}0{0,3}1(\/128)?$/.test(address);
}

/** RFC 3986, 3.2.2: an IPv6 address stands in brackets. */
export function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** A block without a prefix: every address there is. */
export function isEverything(block: string): boolean {
  return /\/0+$/.test(block);
}
