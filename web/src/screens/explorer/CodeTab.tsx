/** The same call as a program, as hostward api --code writes it. */
import { useState } from "react";
import { useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { Code, type CodeLanguage, ErrorState, Loading, Select } from "@/ui";
import { stringify } from "./logic/exact";
import type { Scene } from "./state";
import { texts } from "./texts";

const PROGRAMS: Record<string, { label: string; language: CodeLanguage }> = {
  python: { label: "Python", language: "python" },
  node: { label: "Node.js", language: "js" },
  go: { label: "Go", language: "go" },
  java: { label: "Java", language: "java" },
  php: { label: "PHP", language: "php" },
  dotnet: { label: "C#", language: "csharp" },
  curl: { label: "curl", language: "shell" },
  tccli: { label: "tccli", language: "shell" },
};

export function CodeTab({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [program, setProgram] = useState("python");
  const endpoint = scene.common.endpoint || window.location.origin;
  const made = useCall<{ Text: string }>(
    "hostward", "GenerateCode",
    { Service: scene.schema.service, ActionName: scene.action.name, ProgramLanguage: program, Parameters: stringify(scene.parameters), Endpoint: endpoint },
    { keep: true },
  );
  return (
    <div className="ex-stack">
      <Select label={t.language} value={program} onChange={setProgram} options={Object.entries(PROGRAMS).map(([value, { label }]) => ({ value, label }))} />
      {made.loading && <Loading />}
      {made.error && <ErrorState error={made.error} />}
      {made.data && !made.error && <Code text={made.data.Text} language={PROGRAMS[program]?.language ?? "text"} copy />}
    </div>
  );
}
