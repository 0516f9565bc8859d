import { ICONS } from "./icons";
import type { IconProps } from "./props";

/** A 16 px icon. Without a label it is decoration and is hidden from readers. */
export function Icon({ name, label, className }: IconProps) {
  return (
    <svg
      className={className} width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor"
      strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round"
      role={label ? "img" : undefined} aria-label={label} aria-hidden={label ? undefined : true}
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
