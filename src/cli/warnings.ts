import type { CertificateState } from "../instance/certificate.ts";
import type { Messages } from "../messages/messages.ts";

/** @param certificate that of the instance, which some warnings are about */
export function warningText(
  warning: keyof Messages["warnings"],
  certificate: CertificateState | null,
  messages: Messages,
): string {
  const text = messages.warnings[warning];
  if (typeof text === "string") return text;
  const { file = "", expires = "", missingIssuer = "" } = certificate ?? {};
  return text(file, warning === "issuerMissing" ? (missingIssuer ?? "") : expires.slice(0, 10));
}
