/** What of the list is shown: kept in the address; and the calls that show it. */
export type ListView = {
  view: string;
  q: string;
  level: string[];
  status: string;
  fixable: string;
  kev: boolean;
  /** One machine's only, by its Quuid. */
  machine: string;
  /** A name of SortBy; "" for the worst first. */
  sort: string;
  /** Ascending: the other way is what one looks for first. */
  asc: boolean;
};

export const FIRST_VIEW: ListView = { view: "cve", q: "", level: [], status: "", fixable: "", kev: false, machine: "", sort: "", asc: false };

export const VIEWS = ["cve", "package", "machine"] as const;
export type ViewName = (typeof VIEWS)[number];

export const viewOf = ({ view }: ListView): ViewName => VIEWS.find((one) => one === view) ?? "cve";

export const LEVELS = ["4", "3", "2", "1"] as const;
export const STATUSES = ["open", "ignored", "fixed", "any"] as const;
export const FIXABLES = ["any", "yes", "no"] as const;

/** SortBy by the column's id. */
export const SORTS: Record<string, string> = { level: "Level", cvss: "Cvss", epss: "Epss", machines: "Machines", first: "FirstSeen", last: "LastSeen" };

/** Open: there is a machine that has it and does not set it aside. */
const STATUS: Record<string, object> = {
  open: { Status: "present", Ignored: false }, ignored: { Status: "present", Ignored: true }, fixed: { Status: "fixed" }, any: {},
};

export const statusOf = ({ status }: ListView) => STATUSES.find((one) => one === status) ?? "open";
export const fixableOf = ({ fixable }: ListView) => FIXABLES.find((one) => one === fixable) ?? "any";

/** Parameters of ListVulnerabilities, or of ListMachineVulnerabilities, which has fewer, but for the page. */
export function parametersOf(view: ListView): object {
  const levels = view.level.filter((one) => LEVELS.some((level) => level === one)).map(Number);
  const by = SORTS[view.sort];
  const shared = {
    ...STATUS[statusOf(view)],
    ...(levels.length > 0 ? { Levels: levels } : {}),
    ...(view.q ? { Query: view.q } : {}),
    ...(by ? { SortBy: by, Order: view.asc ? "ASC" : "DESC" } : {}),
  };
  if (view.machine) return { Quuid: view.machine, ...shared };
  const fixable = fixableOf(view);
  return { ...shared, ...(fixable === "any" ? {} : { Fixable: fixable === "yes" }), ...(view.kev ? { Kev: true } : {}) };
}

export const isFiltered = (view: ListView) => view.q !== "" || view.level.length > 0 || view.status !== "" || view.fixable !== "" || view.kev;

/** The title without the package before it and without a number that is no title. */
export function titleOf({ Name, Component, CveId }: { Name: string; Component: string; CveId: string }): string {
  const title = Name.startsWith(`${Component}: `) ? Name.slice(Component.length + 2) : Name;
  return title === CveId ? "" : title;
}

/** A probability as per cent: "97 %", "0.04 %". */
export function percentOf(epss: string): string {
  const share = Number(epss) * 100;
  if (epss === "" || !Number.isFinite(share)) return "";
  return `${share >= 10 ? Math.round(share) : Number(share.toPrecision(2))} %`;
}
