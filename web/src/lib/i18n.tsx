/** Texts in two languages: a screen brings {en, zh}, and a missing zh is a compile error. */
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { keep, kept } from "./kept";

export type Language = "en" | "zh";

const LanguageContext = createContext<[Language, (language: Language) => void]>(["en", () => {}]);

function first(): Language {
  const chosen = kept("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

const TAGS: Record<Language, string> = { en: "en", zh: "zh-CN" };

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(first);
  document.documentElement.lang = TAGS[language];
  const value = useMemo<[Language, (next: Language) => void]>(
    () => [
      language,
      (next) => {
        keep("language", next);
        setLanguage(next);
      },
    ],
    [language],
  );
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export function useLanguage(): [Language, (language: Language) => void] {
  return useContext(LanguageContext);
}

let shaped: (texts: object) => object = (texts) => texts;

/** Let all texts be passed through a function, for looking at what longer ones do. To be called before the first use. */
export function shapeTexts(shape: (texts: object) => object): void {
  shaped = shape;
}

export function useTexts<T extends object>(texts: { en: T; zh: T }): T {
  const [language] = useLanguage();
  return shaped(texts[language]) as T;
}
