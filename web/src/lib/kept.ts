/** What this browser remembers of its user: choices of looks and columns, never data and never a secret. */
const PREFIX = "hostward.";

/** The text kept under a name; "" for none, or where the browser keeps nothing. */
export function kept(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

/** Remember a text ("" forgets it). A browser that keeps nothing loses no more than the choice. */
export function keep(name: string, text: string): void {
  try {
    if (text) localStorage.setItem(PREFIX + name, text);
    else localStorage.removeItem(PREFIX + name);
  } catch (error) {
    console.info("this browser keeps no choices", error);
  }
}
