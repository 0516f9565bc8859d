/** Settings: how one signs in, keys, users, the audit log, notifications, feeds and the server itself. */
import { ApiButton, PageHeader, Tabs } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { navigate, useRoute } from "@/lib/router";
import { useCan } from "@/lib/session";
import { Audit } from "./Audit";
import { Feeds } from "./Feeds";
import { Ignored } from "./Ignored";
import { Keys } from "./Keys";
import { Me } from "./Me";
import { Notifications } from "./Notifications";
import { System } from "./System";
import { texts } from "./texts";
import { Users } from "./Users";
import "./settings.css";

const PAGES = {
  me: { permission: "", page: Me },
  keys: { permission: "key:read", page: Keys },
  users: { permission: "user:read", page: Users },
  audit: { permission: "audit:read", page: Audit },
  ignored: { permission: "ignore:read", page: Ignored },
  notifications: { permission: "notification:read", page: Notifications },
  feeds: { permission: "feed:read", page: Feeds },
  system: { permission: "", page: System },
} as const;

type Page = keyof typeof PAGES;

export default function SettingsScreen() {
  const t = useTexts(texts);
  const can = useCan();
  const { params } = useRoute();
  const allowed = (Object.keys(PAGES) as Page[]).filter((page) => !PAGES[page].permission || can(PAGES[page].permission));
  const page = allowed.find((one) => one === params.page) ?? "me";
  const Shown = PAGES[page].page;
  return (
    <>
      <PageHeader title={t.title} titleText={`${t.pages[page]} - ${t.title}`} actions={<ApiButton />} />
      <Tabs label={t.title} value={page} onChange={(next) => navigate(`/settings/${next}`)} tabs={allowed.map((id) => ({ id, label: t.pages[id] }))} />
      <div className="hw-settings"><Shown /></div>
    </>
  );
}
