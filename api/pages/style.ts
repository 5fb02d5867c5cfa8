/** The one style sheet of the pages behind messages: phone first, dark text on light ground (WCAG AA and above). */
export const PAGE_CSS = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f3f5f7; color: #1b1f24; font: 17px/1.65 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
header, main, footer { max-width: 40rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; color: #454d57; font-size: .95rem; }
.sandbox { margin: 0; padding: .5rem 1rem; background: #5c2d00; color: #fff; text-align: center; font-weight: 700; letter-spacing: .1em; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.3; }
h2 { margin: 0 0 .75rem; font-size: 1.15rem; }
p { margin: 0 0 .75rem; }
section, form { margin: 0 0 1rem; padding: 1.25rem 1rem; background: #fff; border: 1px solid #c9d0d8; border-radius: .5rem; }
dl { margin: 0; }
dt { color: #454d57; font-size: .95rem; }
dd { margin: 0 0 .75rem; overflow-wrap: anywhere; white-space: pre-wrap; }
dd:last-child { margin-bottom: 0; }
label, legend { display: block; padding: 0; margin-bottom: .25rem; font-weight: 600; }
fieldset { margin: 0 0 1rem; padding: 0; border: 0; }
input, select, textarea { width: 100%; min-height: 3rem; padding: .6rem .75rem; border: 1px solid #626b76; border-radius: .375rem; background: #fff; color: inherit; font: inherit; }
textarea { min-height: 7rem; }
.code { letter-spacing: .25em; text-transform: uppercase; }
.field { margin-bottom: 1rem; }
.hint { margin: .25rem 0 0; color: #454d57; font-size: .95rem; }
.wrong { margin: .25rem 0 0; color: #9b1313; font-weight: 600; }
[aria-invalid="true"] { border: 2px solid #9b1313; }
.choice { display: flex; align-items: center; gap: .6rem; min-height: 3rem; margin: 0; font-weight: 400; }
.choice input { width: 1.25rem; min-height: 1.25rem; margin: 0; flex: none; }
button { width: 100%; min-height: 3.25rem; padding: .6rem 1rem; border: 2px solid #0b4f8a; border-radius: .375rem; background: #0b4f8a; color: #fff; font: inherit; font-weight: 700; cursor: pointer; }
button.quiet { border-color: #454d57; background: #fff; color: #1b1f24; }
a { color: #0b4f8a; }
:focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
.notice { border-left: .4rem solid #1c6b3a; }
.problem { border-left: .4rem solid #9b1313; }
details > summary { min-height: 3rem; padding: .6rem 0; cursor: pointer; font-weight: 600; }
details form { padding: 0; margin: .5rem 0 0; border: 0; }
legend.ask { margin-bottom: .75rem; font-size: 1.3rem; }
.faces { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem; }
.face { position: relative; display: flex; flex-direction: column; align-items: center; margin: 0; padding: .5rem .25rem; border: 3px solid #c9d0d8; border-radius: .75rem; font-size: 1.2rem; cursor: pointer; }
.face input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.face svg { width: min(6rem, 100%); height: auto; }
.face:has(:checked) { border-color: #0b4f8a; background: #e6f0fa; }
.face:has(:focus-visible) { outline: 3px solid #b35900; outline-offset: 2px; }
.help { list-style: none; margin: 0; padding: 0; }
.help li { display: flex; gap: 0 .75rem; align-items: baseline; min-height: 3rem; }
.help a { flex: 0 0 5rem; font-size: 1.4rem; font-weight: 700; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .5rem; padding: 0; border: 0; }
.card { margin: 0; padding: .5rem; border: 1px dashed #626b76; text-align: center; break-inside: avoid; }
.card svg { width: 9rem; height: 9rem; }
@media print { header, footer, .sandbox { display: none; } body { background: #fff; } }
a.call { display: inline-block; min-height: 3rem; padding: .6rem 1rem; border: 2px solid #9b1313; border-radius: .375rem; color: #9b1313; font-weight: 700; }
.number { font-size: 1.5rem; letter-spacing: .1em; }
/* Only machines that read no style see this field: whoever fills it in is probably one. */
.apart { position: absolute; left: -99rem; width: 1px; height: 1px; overflow: hidden; }
footer { padding-bottom: 2rem; color: #454d57; font-size: .95rem; }
`.trimStart();

/** The poster (海报), for A4 paper; black on white, since many printers know nothing else. */
export const POSTER_CSS = `
@page { size: A4; margin: 15mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff; font: 16pt/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; text-align: center; }
main { max-width: 180mm; margin: 0 auto; padding: 8mm 0; }
h1 { margin: 0 0 4mm; font-size: 34pt; line-height: 1.2; }
p { margin: 0 0 3mm; }
svg { display: block; width: 95mm; height: 95mm; margin: 6mm auto; }
.lead { font-size: 20pt; }
.calls { margin: 6mm 0; padding: 4mm; border: 1mm solid #000; font-size: 22pt; font-weight: 700; }
.small { font-size: 11pt; overflow-wrap: anywhere; }
.sandbox { border: 1mm dashed #000; font-weight: 700; }
`.trimStart();
