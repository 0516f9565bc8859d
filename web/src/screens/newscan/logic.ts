/** The logic of the scan screens that needs no browser, in one place for tests. */
import { POLICIES } from "./catalogue";

export * as cloned from "./cloned";
export * as plan from "./plan";
export * as tasks from "../task/tasks";
export * as view from "../task/view";
export const catalogue = { policies: () => POLICIES };
