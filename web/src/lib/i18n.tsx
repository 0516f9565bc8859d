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

export function useTexts<T extends object>(texts: { en: T; zh: T }): T {
  const [language] = useLanguage();
  return texts[language];
}
