import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { Checkbox, Field, NumberInput, RadioCards, Select, Switch, TagInput, TextArea } from "@/ui";
import { words } from "../task/words";
import { CATEGORIES, ENGINES, hasPaths, LEVELS, PATTERNS, type Plan } from "./plan";
import { Rules } from "./Rules";
import { texts } from "./texts";

export interface PartProps {
  plan: Plan;
  onPlan: (change: Partial<Plan>) => void;
  /** Words for a field that is wrong. */
  errors: Record<string, string>;
}

/** The options of the chosen module: those that its action takes. */
export function Options(props: PartProps) {
  if (props.plan.module === "Vul") return <VulOptions {...props} />;
  if (props.plan.module === "Malware") return <MalwareOptions {...props} />;
  return <Rules {...props} />;
}

function VulOptions(props: PartProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const { plan, onPlan, errors } = props;
  return (
    <div className="newscan-fields">
      <Choices label={t.levels} hint={t.levelsHint} all={LEVELS} names={shared.levels} chosen={plan.levels} error={errors.levels} onChange={(levels) => onPlan({ levels })} />
      <Choices label={t.categories} hint={t.categoriesHint} all={CATEGORIES} names={shared.categories} chosen={plan.categories} error={errors.categories} onChange={(categories) => onPlan({ categories })} />
      <Field label={t.vulIds} hint={t.vulIdsHint} error={errors.vulIds}>
        {(id, describedBy) => <TagInput id={id} describedBy={describedBy} label={t.vulIds} hideLabel value={plan.vulIds} onChange={(vulIds) => onPlan({ vulIds })} />}
      </Field>
      <Timeout {...props} />
    </div>
  );
}

interface ChoicesProps {
  label: string;
  hint: string;
  all: string[];
  names: Record<string, string>;
  chosen: string[];
  error?: string;
  onChange: (chosen: string[]) => void;
}

/** Check boxes of which none chosen means all. */
function Choices({ label, hint, all, names, chosen, error, onChange }: ChoicesProps) {
  const flip = (one: string, on: boolean) => onChange(all.filter((each) => (each === one ? on : chosen.includes(each))));
  return (
    <fieldset className="newscan-choices">
      <legend>{label}</legend>
      <div className="newscan-boxes">
        {all.map((one) => (
          <Checkbox key={one} label={names[one] ?? one} checked={chosen.includes(one)} onChange={(on) => flip(one, on)} />
        ))}
      </div>
      <p className="newscan-hint">{hint}</p>
      {error && <p className="newscan-error" role="alert">{error}</p>}
    </fieldset>
  );
}

function Timeout({ plan, onPlan, errors }: PartProps) {
  const t = useTexts(texts);
  return (
    <Field label={t.timeout} hint={t.timeoutHint} error={errors.timeout}>
      {(id, describedBy) => (
        <NumberInput
          id={id} describedBy={describedBy} invalid={errors.timeout !== undefined} unit="s" min={1} max={86_400} placeholder="3600"
          value={plan.timeout} onChange={(timeout) => onPlan({ timeout })}
        />
      )}
    </Field>
  );
}

function MalwareOptions(props: PartProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const { plan, onPlan, errors } = props;
  return (
    <div className="newscan-fields">
      <RadioCards
        className="newscan-patterns"
        label={t.pattern}
        value={plan.pattern}
        options={PATTERNS.map((one) => ({ value: one, title: shared.patterns[one] ?? one, text: t.patterns[one] }))}
        onChange={(pattern) => onPlan({ pattern })}
      />
      {hasPaths(plan) && (
        <Field label={`${t.paths} (${count(plan.paths.split("\n").filter((line) => line.trim()).length, language)})`} hint={t.pathsHint} error={errors.paths} required>
          {(id, describedBy) => (
            <TextArea
              id={id} describedBy={describedBy} invalid={errors.paths !== undefined} mono rows={4} placeholder={"/srv\n/var/www"}
              value={plan.paths} onChange={(paths) => onPlan({ paths })}
            />
          )}
        </Field>
      )}
      <Field label={t.engine} error={errors.engine}>
        {(id, describedBy) => (
          <Select
            id={id} describedBy={describedBy} label={t.engine} hideLabel value={plan.engine}
            options={ENGINES.map((one) => ({ value: one, label: t.engines[one] ?? one }))}
            onChange={(engine) => onPlan({ engine })}
          />
        )}
      </Field>
      <div>
        <Switch label={t.memory} checked={plan.memory} onChange={(memory) => onPlan({ memory })} />
        <p className="newscan-hint">{t.memoryHint}</p>
      </div>
      <Timeout {...props} />
    </div>
  );
}
