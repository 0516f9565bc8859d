import { useState } from "react";
import { Dialog, Kbd, Switch } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { keep, kept } from "@/lib/kept";
import { SINGLE_KEYS } from "./keys";
import { ENTRIES } from "./routes";
import { texts } from "./paletteTexts";
import "./keysheet.css";

/** Every shortcut, and the switch that turns single keys off. */
export default function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const [on, setOn] = useState(kept(SINGLE_KEYS) !== "off");
  const rows: [string, string][] = [
    ["Ctrl k", t.keys.palette], ["?", t.keys.help], ["n", t.keys.newScan],
    ...ENTRIES.map((entry): [string, string] => [`g ${entry.key}`, `${t.keys.go}: ${t.sections[entry.section]}`]),
    ["/", t.keys.filter], ["j k", t.keys.rows], ["Enter", t.keys.open], ["x", t.keys.select], [".", t.keys.menu], ["Esc", t.keys.close],
  ];
  return (
    <Dialog open={open} title={t.shortcuts} onClose={onClose}>
      <dl className="hw-keysheet">
        {rows.map(([keys, words]) => (
          <div key={keys}>
            <dt><Kbd keys={keys} /></dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <Switch
        label={t.singleKeys}
        checked={on}
        onChange={(next) => {
          keep(SINGLE_KEYS, next ? "" : "off");
          setOn(next);
        }}
      />
      <p className="hw-keysheet-hint">{t.singleKeysHint}</p>
    </Dialog>
  );
}
