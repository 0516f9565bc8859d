/** Every component of the console; screens import from here alone. */

export type * from "./props";
export type { IconName } from "./icons";
export { ApiButton } from "./ApiButton";
export { Button, IconButton } from "./Button";
export { Progress, Ring, Sparkline, StackedBar } from "./Chart";
export { cx } from "./classes";
export { Code } from "./Code";
export { Combobox, TagInput } from "./Combobox";
export { Copy, copyText, Hex } from "./Copy";
export { DataGrid } from "./DataGrid";
export { ConfirmDialog, Dialog, Drawer } from "./Dialog";
export { Checkbox, Field, NumberInput, RadioCards, Switch, TextArea, TextInput } from "./Field";
export { FilterBar, MultiSelect, SearchField, Select } from "./Filter";
export { Icon } from "./Icon";
export { JsonView } from "./JsonView";
export { useHotKeys } from "./keys";
export { Menu } from "./Menu";
export { Card, KeyValue, PageHeader, Stat, StatRow, Steps } from "./Page";
export { Denied, EmptyState, ErrorState, Loading, Skeleton } from "./State";
export { Table } from "./Table";
export { Tabs } from "./Tabs";
export { toast, Toasts, useToast } from "./Toast";
export { type ExportKind, useExport } from "./useExport";
export { Tooltip } from "./Tooltip";
export { Duration, Kbd, LiveDot, Severity, StatusTag, Tag, Time } from "./Value";
