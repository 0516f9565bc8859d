/** The props of every component: what a screen may pass, and in which shape. Labels arrive translated. */
import type {
  AnchorHTMLAttributes, ButtonHTMLAttributes, InputHTMLAttributes, ReactElement, ReactNode, TextareaHTMLAttributes,
} from "react";
import type { CallError, Recent } from "@/lib/api";
import type { Pages } from "@/lib/query";
import type { IconName } from "./icons";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad" | "info";
export type SeverityLevel = 0 | 1 | 2 | 3 | 4;
export type CodeLanguage =
  | "python" | "js" | "go" | "java" | "php" | "csharp" | "shell" | "json" | "http" | "text";
interface Styled { className?: string }

// Actions
export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "primary" | "plain" | "danger" | "quiet";
  size?: "small" | "normal";
  icon?: IconName;
  busy?: boolean;
  /** A path: the button is then a link that looks like a button. */
  to?: string;
}
export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
}
export interface IconProps extends Styled { name: IconName; label?: string }
export interface MenuItem {
  label: string;
  icon?: IconName;
  onSelect?: () => void;
  to?: string;
  danger?: boolean;
  disabled?: boolean;
  hint?: string;
}
export interface MenuProps extends Styled {
  label: string;
  icon?: IconName;
  items: MenuItem[];
  kind?: ButtonProps["kind"];
  size?: ButtonProps["size"];
  /** Show the icon alone; the label is then read out and shown as a tooltip. */
  iconOnly?: boolean;
  disabled?: boolean;
}

// Layout
export interface Crumb { label: string; to: string }
export interface PageHeaderProps extends Styled {
  title: ReactNode;
  /** Sets document.title; needed when `title` is not a plain string. */
  titleText?: string;
  crumbs?: Crumb[];
  badges?: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
}
export interface CardProps extends Styled {
  title?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  /** false: the content touches the edges (tables). */
  pad?: boolean;
}
export interface StatProps extends Styled {
  label: string;
  value: ReactNode;
  hint?: ReactNode;
  tone?: Tone;
  to?: string;
}
export interface StatRowProps extends Styled { children: ReactNode }
export interface KeyValueProps extends Styled { items: { key: ReactNode; value: ReactNode }[] }
export interface Step { title: string; state?: "done" | "now" | "next"; children?: ReactNode }
export interface StepsProps extends Styled { steps: Step[] }
export interface TabsProps<T extends string = string> extends Styled {
  label: string;
  tabs: { id: T; label: string; count?: number }[];
  value: T;
  onChange: (id: T) => void;
}

// Rows
export interface Column<Row> {
  id: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** Pixels, or "grow" to share what is left. Default "grow". */
  width?: number | "grow";
  align?: "left" | "right";
  sortable?: boolean;
  /** Not shown until chosen in the column chooser. */
  hidden?: boolean;
  /** Where the value goes in a card at 640 px and below. Default "line". */
  card?: "title" | "line" | "none";
}
export interface Selection { keys: Set<string>; all: boolean }
export interface DataGridProps<Row> extends Styled {
  label: string;
  columns: Column<Row>[];
  pages: Pages<Row>;
  rowKey: (row: Row) => string;
  onOpen?: (row: Row, index: number) => void;
  selection?: Selection & { onChange: (next: Selection) => void };
  sort?: { by: string; descending: boolean };
  onSort?: (by: string, descending: boolean) => void;
  menu?: (row: Row) => MenuItem[];
  empty: ReactNode;
  storageKey: string;
  onWindow?: (first: number, last: number) => void;
  /** Buttons shown beside the count while rows are selected. */
  bulk?: ReactNode;
  /** Rows the grid is high before it scrolls inside itself. Default 20. */
  visibleRows?: number;
}
export interface TableProps<Row> extends Styled {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
  onOpen?: (row: Row) => void;
}

// Filters and fields
export interface Option<V extends string = string> { value: V; label: string }
export interface FilterBarProps extends Styled { children: ReactNode; actions?: ReactNode }
export interface SearchFieldProps extends Styled {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder?: string;
}
export interface SelectProps<V extends string = string> extends Styled {
  label: string;
  value: V;
  options: Option<V>[];
  onChange: (value: V) => void;
  /** Inside a Field the label is already shown. */
  hideLabel?: boolean;
  id?: string;
  describedBy?: string;
  disabled?: boolean;
}
export interface MultiSelectProps<V extends string = string> extends Styled {
  label: string;
  value: V[];
  options: (Option<V> & { count?: number })[];
  onChange: (value: V[]) => void;
}
export interface FieldProps extends Styled {
  label: string;
  hint?: ReactNode;
  error?: string;
  required?: boolean;
  children: (id: string, describedBy: string | undefined) => ReactNode;
}
type Plain<P> = Omit<P, "value" | "onChange" | "defaultValue">;
export interface TextInputProps extends Plain<InputHTMLAttributes<HTMLInputElement>> {
  value: string;
  onChange: (value: string) => void;
  describedBy?: string;
  invalid?: boolean;
  mono?: boolean;
}
export interface NumberInputProps extends Plain<InputHTMLAttributes<HTMLInputElement>> {
  value: number | null;
  onChange: (value: number | null) => void;
  describedBy?: string;
  invalid?: boolean;
  /** Shown after the number: "s", "MB". */
  unit?: string;
}
export interface TextAreaProps extends Plain<TextareaHTMLAttributes<HTMLTextAreaElement>> {
  value: string;
  onChange: (value: string) => void;
  describedBy?: string;
  invalid?: boolean;
  mono?: boolean;
}
export interface CheckboxProps extends Styled {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  indeterminate?: boolean;
  disabled?: boolean;
  hint?: ReactNode;
}
export interface SwitchProps extends Styled {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  hideLabel?: boolean;
}
export interface RadioCardsProps<V extends string = string> extends Styled {
  label: string;
  value: V;
  options: { value: V; title: string; text?: ReactNode; icon?: IconName; disabled?: boolean }[];
  onChange: (value: V) => void;
}
export interface ComboboxProps extends Styled {
  label: string;
  value: string;
  options: (Option & { hint?: string })[];
  onChange: (value: string) => void;
  /** Text that is in no option is a value too. */
  allowOther?: boolean;
  placeholder?: string;
  hideLabel?: boolean;
  id?: string;
  describedBy?: string;
}
export interface TagInputProps extends Styled {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  suggestions?: string[];
  placeholder?: string;
  hideLabel?: boolean;
  id?: string;
  describedBy?: string;
}

// Overlays
export interface OverlayProps extends Styled {
  open: boolean;
  title: string;
  onClose: () => void;
  children?: ReactNode;
  actions?: ReactNode;
}
export interface DrawerProps extends OverlayProps { wide?: boolean }
export interface ConfirmDialogProps {
  open: boolean;
  title: string;
  body: ReactNode;
  /** Names of what is touched; the first few are shown. */
  objects?: string[];
  /** How many are touched; above 100 the number has to be typed. */
  count?: number;
  verb: string;
  danger?: boolean;
  busy?: boolean;
  error?: CallError;
  onConfirm: () => void;
  onClose: () => void;
}
export interface TooltipProps { text: string; children: ReactElement }

// Values
export interface TagProps extends Styled { tone?: Tone; icon?: IconName; children: ReactNode }
export interface StatusTagProps extends Styled { state: string; label?: string }
export interface SeverityProps extends Styled { level: SeverityLevel; short?: boolean }
export interface RingProps extends Styled { percent: number; value?: string; label: string; size?: number; tone?: Tone }
export interface ProgressProps extends Styled { percent: number; label: string; tone?: Tone; showValue?: boolean }
export interface Segment { id: string; label: string; count: number; tone: Tone; to?: string }
export interface StackedBarProps extends Styled { label: string; segments: Segment[]; legend?: boolean }
export interface SparklineProps extends Styled {
  values: number[]; label: string; tone?: Tone; width?: number; height?: number;
}
export interface CodeProps extends Styled {
  text: string; language: CodeLanguage; copy?: boolean; wrap?: boolean; label?: string;
}
export interface JsonViewProps extends Styled { value: unknown; label?: string; open?: number }
export interface CopyProps extends Styled { text: string; label?: string }
export interface HexProps extends Styled { value: string; keep?: number }
export interface KbdProps extends Styled { keys: string }
export interface TimeProps extends Styled { value: string; relative?: boolean }
export interface DurationProps extends Styled { seconds: number | undefined }
export interface LiveDotProps extends Styled { at?: Date; stale: boolean }

// States
export interface EmptyStateProps extends Styled {
  title: string; icon?: IconName; children?: ReactNode; action?: ReactNode; command?: string;
}
export interface ErrorStateProps extends Styled { error: CallError; onRetry?: () => void; asOf?: Date }
export interface DeniedProps extends Styled { permission: string }
export interface SkeletonProps extends Styled { rows?: number }
export interface LoadingProps { children?: ReactNode }
export type ShowToast = (text: string, tone?: Tone, action?: { label: string; run: () => void }) => void;
export interface ApiButtonProps extends Styled { calls?: Recent[] }
export type AnchorProps = AnchorHTMLAttributes<HTMLAnchorElement>;
