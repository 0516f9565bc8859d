/** Settings, feeds: what is here of each, how old it is, what went wrong, and renewing them now. */
import { useState } from "react";
import { Button, Card, Checkbox, Drawer, ErrorState, KeyValue, Loading, Progress, Table, Tag, Time, useToast, type Column } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { Feed, FeedUpdate } from "@/lib/wire";
import { texts } from "./texts";

interface Listed {
  Feeds: Feed[];
  Update: FeedUpdate;
  UpdateHours: number;
}

const TONES = { current: "ok", stale: "warn", failing: "bad", missing: "neutral" } as const;
const BUSY_MS = 1_000;
const IDLE_MS = 15_000;
const SHOWN = 3;

export function Feeds() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const [all, setAll] = useState(false);
  const [showing, setShowing] = useState<Feed | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useCall<Listed>("hostward", "ListFeeds", { All: all }, { refetchMs: busy ? BUSY_MS : IDLE_MS });
  const running = asked.data?.Update.Running ?? false;
  if (running !== busy) setBusy(running);
  const update = useAct<{ Total: number }, object>("hostward", "UpdateFeeds", { refresh: ["ListFeeds"] });
  const renew = (names: string[]) => void update.run({ Names: names }).then(() => setBusy(true), (error: Error) => toast(error.message, "bad"));
  const columns: Column<Feed>[] = [
    { id: "name", title: t.feeds.columns.name, width: 150, card: "title", render: (feed) => <Button kind="quiet" size="small" onClick={() => setShowing(feed)}>{feed.Name}</Button> },
    { id: "state", title: t.feeds.columns.state, width: 92, render: (feed) => <Tag tone={TONES[feed.State]}>{t.feeds.states[feed.State]}</Tag> },
    { id: "age", title: t.feeds.columns.age, width: 118, render: (feed) => feed.CurrentTime ? <Time value={feed.CurrentTime} /> : "-" },
    { id: "advisories", title: t.feeds.columns.advisories, width: 96, align: "right", render: (feed) => feed.Advisories.toLocaleString() },
    { id: "ecosystems", title: t.feeds.columns.ecosystems, width: 148, render: (feed) => ecosystems(feed, t.feeds.more) },
    { id: "problem", title: t.feeds.columns.problem, render: (feed) => feed.Problem ? <span className="hw-settings-error">{feed.Problem}</span> : "-" },
    { id: "next", title: t.feeds.columns.next, width: 112, render: (feed) => feed.NextTime ? <Time value={feed.NextTime} /> : "-" },
    {
      id: "now", title: "", width: 100, align: "right",
      render: (feed) => can("feed:write") && <Button size="small" icon="refresh" disabled={running || update.busy} onClick={() => renew([feed.Name])}>{t.feeds.now}</Button>,
    },
  ];
  const actions = can("feed:write") && <Button size="small" icon="refresh" busy={update.busy} disabled={running} onClick={() => renew([])}>{t.feeds.all}</Button>;
  return (
    <>
      <Card title={t.pages.feeds} pad={false} actions={actions}>
        <p className="hw-settings-note">{asked.data && (asked.data.UpdateHours > 0 ? t.feeds.every(asked.data.UpdateHours) : t.feeds.never)}</p>
        {asked.data && asked.data.Update.Total > 0 && <Job job={asked.data.Update} />}
        {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
        {asked.loading && <Loading />}
        <div className="hw-settings-note"><Checkbox label={t.feeds.everything} checked={all} onChange={setAll} /></div>
        {asked.data && <Table label={t.pages.feeds} columns={columns} rows={asked.data.Feeds} rowKey={(feed) => feed.Name} empty={t.feeds.empty} />}
      </Card>
      {showing && <Details feed={showing} onClose={() => setShowing(null)} />}
    </>
  );
}

function ecosystems(feed: Feed, more: (n: number) => string) {
  if (feed.Ecosystems.length === 0) return "-";
  const left = feed.Ecosystems.length - SHOWN;
  return feed.Ecosystems.slice(0, SHOWN).join(", ") + (left > 0 ? ` ${more(left)}` : "");
}

function Job({ job }: { job: FeedUpdate }) {
  const t = useTexts(texts);
  const words = job.Running ? t.feeds.running(job.Feed, job.Done, job.Total) : t.feeds.ended(job.Imported, job.Failed, job.Total);
  return (
    <div className="hw-settings-note" role="status">
      <p>{words} {!job.Running && job.EndTime && <Time value={job.EndTime} />}</p>
      {job.Running && <Progress label={words} percent={job.Total ? Math.floor((100 * job.Done) / job.Total) : 0} />}
      {job.Problem && <p className="hw-settings-error">{job.Problem}</p>}
    </div>
  );
}

function Details({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const t = useTexts(texts);
  return (
    <Drawer open wide title={feed.Name} onClose={onClose}>
      <KeyValue
        items={[
          { key: t.feeds.columns.state, value: t.feeds.states[feed.State] },
          { key: t.feeds.source, value: <span className="hw-mono">{feed.Source || "-"}</span> },
          { key: t.feeds.columns.age, value: feed.CurrentTime ? <Time value={feed.CurrentTime} /> : "-" },
          { key: t.feeds.checked, value: feed.CheckedTime ? <Time value={feed.CheckedTime} /> : "-" },
          { key: t.feeds.failed, value: feed.FailedTime ? <><Time value={feed.FailedTime} /> · {t.feeds.failures(feed.Failures)}</> : "-" },
          { key: t.feeds.columns.problem, value: feed.Problem || "-" },
          { key: t.feeds.leftOut, value: feed.LeftOut || "-" },
          { key: t.feeds.columns.ecosystems, value: feed.Ecosystems.join(", ") || "-" },
        ]}
      />
    </Drawer>
  );
}
