import type { ReactNode } from "react";
import { localTime } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { Button } from "./Button";
import { cx } from "./classes";
import { Code } from "./Code";
import { Copy } from "./Copy";
import { Icon } from "./Icon";
import type { DeniedProps, EmptyStateProps, ErrorStateProps, LoadingProps, SkeletonProps } from "./props";
import { useOwnTexts } from "./texts";
import "./state.css";

/** Nothing here yet: one sentence, one thing to do, and the command that does it where there is one. */
export function EmptyState({ title, icon, children, action, command, className }: EmptyStateProps) {
  return (
    <div className={cx("hw-state", className)}>
      {icon && <Icon name={icon} className="hw-state-icon" />}
      <p className="hw-state-title">{title}</p>
      {children && <div className="hw-state-text">{children}</div>}
      {command && <Code text={command} language="shell" copy wrap className="hw-state-command" />}
      {action && <div className="hw-state-actions">{action}</div>}
    </div>
  );
}

/** A refused or lost call: its code and RequestId to quote, and a way to try again. */
export function ErrorState({ error, onRetry, asOf, className }: ErrorStateProps) {
  const texts = useOwnTexts();
  const [language] = useLanguage();
  if (error.permission) return <Denied permission={error.permission} className={className} />;
  const details = `${error.action} ${error.code}: ${error.message} (RequestId ${error.requestId || "-"})`;
  return (
    <div className={cx("hw-error", className)} role="alert">
      <Icon name="alert" />
      <div className="hw-error-text">
        <p><strong>{error.message}</strong></p>
        <p className="hw-error-code">
          <code>{error.code}</code>
          {error.requestId && <span>{texts.requestId} <code>{error.requestId}</code></span>}
          {asOf && <span>{texts.asOf(localTime(asOf, language))}</span>}
        </p>
      </div>
      <div className="hw-error-actions">
        {onRetry && <Button size="small" icon="refresh" onClick={onRetry}>{texts.retry}</Button>}
        <Copy text={details} label={texts.copyDetails} />
      </div>
    </div>
  );
}

/** What the user may not see, and which permission would show it. */
export function Denied({ permission, className }: DeniedProps) {
  const texts = useOwnTexts();
  return (
    <div className={cx("hw-state", className)}>
      <Icon name="lock" className="hw-state-icon" />
      <p className="hw-state-title">{texts.denied}</p>
      <p className="hw-state-text">{texts.deniedNeeds} <code>{permission}</code>. {texts.deniedAsk}</p>
    </div>
  );
}

/** Grey bars in the place of rows; they appear only after 150 ms. */
export function Skeleton({ rows = 4, className }: SkeletonProps) {
  return <div className={cx("hw-skeleton", className)} aria-hidden>{Array.from({ length: rows }, (_, i) => <div key={i} className="hw-bone" />)}</div>;
}

/** Something is on its way: its place is kept, nothing is shown before 150 ms have passed. */
export function Loading({ children }: LoadingProps): ReactNode {
  const texts = useOwnTexts();
  return <div aria-busy><span className="hw-sr" role="status">{texts.loading}</span>{children ?? <Skeleton />}</div>;
}
