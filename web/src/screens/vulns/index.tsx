/** What machines have now: by vulnerability, by upgrade and by machine; and one vulnerability's own page. */
import { ApiButton, Button, PageHeader, Tabs } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { askAhead } from "@/lib/query";
import { type Route, urlState, useRoute, useUrlState } from "@/lib/router";
import { useCan } from "@/lib/session";
import { FIRST_VIEW, parametersOf, VIEWS, type ListView, viewOf, type ViewName } from "./list";
import { Machines } from "./Machines";
import { texts } from "./texts";
import { Upgrades } from "./Upgrades";
import { Vul } from "./Vul";
import { Vulnerabilities } from "./Vulnerabilities";
import "./vulns.css";

/** The first page of the list, of which nothing else has to be known. */
export function ahead(route: Route): void {
  if (route.params.vul !== undefined) return;
  const view = urlState<ListView>(route.search, FIRST_VIEW);
  if (viewOf(view) !== "cve") return;
  askAhead("hostward", view.machine ? "ListMachineVulnerabilities" : "ListVulnerabilities", parametersOf(view));
}

export default function VulnsScreen() {
  const { params } = useRoute();
  return params.vul === undefined ? <List /> : <Vul key={params.vul} number={params.vul} />;
}

function List() {
  const t = useTexts(texts);
  const can = useCan();
  const [view, setView] = useUrlState<ListView>(FIRST_VIEW);
  const shown = viewOf(view);
  return (
    <>
      <PageHeader title={t.title} actions={<>{can("scan:start") && <Button icon="play" to="/scan/new?module=Vul">{t.scan}</Button>}<ApiButton /></>} />
      <Tabs<ViewName>
        className="hw-vulns-views" label={t.views} value={shown} tabs={VIEWS.map((id) => ({ id, label: t.view[id] }))}
        onChange={(next) => setView({ ...FIRST_VIEW, view: next })}
      />
      {shown === "cve" && <Vulnerabilities view={view} onView={setView} />}
      {shown === "package" && <Upgrades />}
      {shown === "machine" && <Machines view={view} onView={setView} />}
    </>
  );
}
