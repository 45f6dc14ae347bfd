import { expect, test } from "vitest";
import { type EngineMachine, machineWarnings } from "../../../src/operations/machine.ts";
import { instanceOf } from "../support.ts";

const PRODUCTION = instanceOf({ profile: "production" });
const DEMO = instanceOf({ profile: "demo" });
const GOOD: EngineMachine = { cores: 4, memory: 8.2e9, disk: 60e9, limits: true, selinux: false };

const both = (...warnings: string[]): [string[], string[]] => [warnings, warnings];

test.each<[string, EngineMachine, string[], string[]]>([
  ["what the guide recommends", GOOD, [], []],
  ["the guide's minimum", { ...GOOD, cores: 1, memory: 2.05e9, disk: 20e9 }, [], ["belowRecommended"]],
  ["fewer cores", { ...GOOD, cores: 2 }, [], ["belowRecommended"]],
  ["less memory", { ...GOOD, memory: 4.1e9 }, [], ["belowRecommended"]],
  ["less disk", { ...GOOD, disk: 30e9 }, [], ["belowRecommended"]],
  ["another machine's disk", { ...GOOD, disk: undefined }, [], []],
  ["memory below the minimum", { ...GOOD, memory: 1.02e9 }, ["belowMinimum"], ["belowMinimum"]],
  ["no control groups", { ...GOOD, limits: false }, ["limitsIgnored"], ["limitsIgnored"]],
  [
    "neither memory nor control groups",
    { ...GOOD, memory: 1.02e9, limits: false },
    ...both("belowMinimum", "limitsIgnored"),
  ],
  ["disk below the minimum", { ...GOOD, disk: 10e9 }, ["belowMinimum"], ["belowMinimum"]],
])("a machine with %s", (_, machine, demo, production) => {
  expect(machineWarnings(DEMO, machine)).toEqual(demo);
  expect(machineWarnings(PRODUCTION, machine)).toEqual(production);
});
