// Before the first paint: the theme and the language that were chosen here.
try {
  const theme = localStorage.getItem("hostward.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("hostward.language") ?? navigator.language;
  document.documentElement.lang = language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
} catch (error) {
  console.info("this browser keeps no choices", error);
}
