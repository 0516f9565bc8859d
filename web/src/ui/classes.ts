/** Joins class names, leaving out what is empty. */
export const cx = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(" ");
