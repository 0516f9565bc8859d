import { useEffect } from "react";

const SIZE = 32;
const WIDTH = 6;
const DONE = 100;

/** The icon of the browser's tab: a ring that fills; percent null gives the console's own icon back. */
export function useTabIcon(percent: number | null): void {
  useEffect(() => {
    if (percent === null) return undefined;
    const icon = document.querySelector<HTMLLinkElement>("link[rel~=icon]") ?? document.head.appendChild(made());
    const before = icon.getAttribute("href");
    const drawn = ring(percent);
    if (drawn) icon.setAttribute("href", drawn);
    return () => {
      if (before) icon.setAttribute("href", before);
      else icon.remove();
    };
  }, [percent]);
}

function made(): HTMLLinkElement {
  const link = document.createElement("link");
  link.rel = "icon";
  return link;
}

/** A token as a canvas takes it: one colour, that of the theme in use. */
function colourOf(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function ring(percent: number): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  const arc = (share: number, colour: string) => {
    pen.beginPath();
    pen.arc(SIZE / 2, SIZE / 2, (SIZE - WIDTH) / 2, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
    pen.lineWidth = WIDTH;
    pen.strokeStyle = colour;
    pen.stroke();
  };
  arc(1, colourOf("--line-strong"));
  arc(percent / DONE, colourOf("--accent"));
  return canvas.toDataURL("image/png");
}
