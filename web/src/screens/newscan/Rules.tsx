import { useLanguage, useTexts } from "@/lib/i18n";
import { Button, Checkbox } from "@/ui";
import { type BaselinePolicy, POLICIES, RULES } from "./catalogue";
import type { PartProps } from "./Options";
import { texts } from "./texts";

/** Policies and their rules; none chosen means all. */
export function Rules({ plan, onPlan, errors }: PartProps) {
  const t = useTexts(texts);
  const choose = (rules: Set<number>) => onPlan({ rules: RULES.map((rule) => rule.id).filter((id) => rules.has(id)) });
  return (
    <fieldset className="newscan-choices">
      <legend>{t.rules}</legend>
      <p className="newscan-hint">{t.rulesHint}</p>
      {plan.items.length > 0 && (
        <p className="newscan-items">
          {t.onlyItems(plan.items.join(", "))} <Button kind="quiet" size="small" onClick={() => onPlan({ items: [] })}>{t.allItems}</Button>
        </p>
      )}
      {errors.rules && <p className="newscan-error" role="alert">{errors.rules}</p>}
      <div className="newscan-policies">
        {POLICIES.map((policy) => (
          <Policy key={policy.id} policy={policy} chosen={new Set(plan.rules)} onChange={choose} />
        ))}
      </div>
    </fieldset>
  );
}

function Policy({ policy, chosen, onChange }: { policy: BaselinePolicy; chosen: Set<number>; onChange: (next: Set<number>) => void }) {
  const [language] = useLanguage();
  const own = policy.rules.map((rule) => rule.id);
  const inside = own.filter((id) => chosen.has(id)).length;
  const flip = (ids: number[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    onChange(next);
  };
  return (
    <div className="newscan-policy">
      <Checkbox
        label={<strong>{policy[language]}</strong>}
        checked={inside === own.length}
        indeterminate={inside > 0 && inside < own.length}
        onChange={(on) => flip(own, on)}
      />
      <div className="newscan-rules">
        {policy.rules.map((rule) => (
          <Checkbox key={rule.id} label={rule[language]} checked={chosen.has(rule.id)} onChange={(on) => flip([rule.id], on)} />
        ))}
      </div>
    </div>
  );
}
