import type { MouseEvent } from "react";
import { Link } from "@/lib/router";
import { cx } from "./classes";
import { Icon } from "./Icon";
import type { ButtonProps, IconButtonProps } from "./props";
import { Tooltip } from "./Tooltip";
import "./button.css";

/** A button, or with `to` a link in the same looks. While busy it keeps its focus and width and does nothing. */
export function Button(props: ButtonProps) {
  const { kind = "plain", size = "normal", icon, busy, to, className, children, onClick, ...rest } = props;
  const classes = cx("hw-button", className);
  const inside = <>{icon && <Icon name={icon} />}{children}</>;
  if (to !== undefined && !rest.disabled) {
    return <Link to={to} className={classes} data-kind={kind} data-size={size} title={rest.title}>{inside}</Link>;
  }
  const press = (event: MouseEvent<HTMLButtonElement>) => (busy ? event.preventDefault() : onClick?.(event));
  return (
    <button
      type="button" {...rest} className={classes} data-kind={kind} data-size={size}
      aria-busy={busy || undefined} aria-disabled={busy || rest["aria-disabled"]} onClick={press}
    >
      {inside}
    </button>
  );
}

/** A square button with an icon alone; its label is its name and its tooltip. */
export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} names>
      <button type="button" {...rest} className={cx("hw-icon-button", className)} aria-label={label}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
