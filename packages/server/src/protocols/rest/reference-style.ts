/** How the reference page looks: by light and by dark, on a phone and on paper. */
export const REFERENCE_STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1c2024, #eceef0);
  --faint: light-dark(#5a6169, #a2a9b0);
  --line: light-dark(#dfe3e6, #31363b);
  --ground: light-dark(#ffffff, #131619);
  --raised: light-dark(#f5f7f8, #1c2126);
  --accent: light-dark(#0b6b4f, #5fd1ab);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 15px/1.5 system-ui, sans-serif;
  display: grid;
  grid-template-columns: 264px minmax(0, 1fr);
}
nav {
  position: sticky;
  top: 0;
  height: 100vh;
  overflow-y: auto;
  padding: 24px 16px;
  border-right: 1px solid var(--line);
  background: var(--raised);
  font-size: 14px;
}
nav ul { list-style: none; margin: 0 0 16px; padding: 0; }
nav li a { display: block; padding: 2px 8px; color: var(--text); overflow-wrap: anywhere; }
nav strong { display: block; padding: 2px 8px; color: var(--faint); }
main { padding: 32px 40px 96px; max-width: 960px; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h1 { margin: 0 0 8px; font-size: 28px; line-height: 1.2; }
h2 { margin: 48px 0 8px; padding-bottom: 8px; border-bottom: 1px solid var(--line); }
h3 { margin: 32px 0 4px; font-size: 16px; overflow-wrap: anywhere; }
p { margin: 4px 0; }
code, .method { font-family: ui-monospace, monospace; font-size: 0.92em; }
.method { display: inline-block; min-width: 64px; color: var(--accent); font-weight: 700; }
.faint { color: var(--faint); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-size: 14px; }
th, td { padding: 4px 16px 4px 0; text-align: left; vertical-align: top; }
tr + tr > * { border-top: 1px solid var(--line); }
th { width: 128px; font-weight: 600; }
@media (max-width: 800px) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 40vh; border-bottom: 1px solid var(--line); }
  main { padding: 24px 16px 64px; }
}
@media print {
  nav { display: none; }
  body { display: block; }
}
`
