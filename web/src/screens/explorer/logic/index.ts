/** All of it, for whoever runs it outside of the screen. */
export * as diagnosis from "./diagnosis";
export * as diff from "./diff";
export * as exact from "./exact";
export * as explain from "./explain_v3";
export * as flat from "./flat";
export * as history from "./history";
export * as mock from "./mock";
export * as pasted from "./pasted";
export * as schema from "./schema";
export * as search from "./search";
export * as signature from "./signature";
export * as validate from "./validate";
