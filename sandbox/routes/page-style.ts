/** The style of the sandbox's page. */
export const SANDBOX_CSS = `
* { box-sizing: border-box; }
body { margin: 0; background: #eef1f5; color: #1b1f24; font: 16px/1.55 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
.sandbox { margin: 0; padding: .35rem 1rem; background: #5c2d00; color: #fff; text-align: center; font-weight: 700; }
main { max-width: 84rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 1.5rem 0 .6rem; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1.05rem; }
small { color: #4a535d; font-weight: 400; }
a { color: #0958d9; text-underline-offset: .2em; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
:focus-visible { outline: 3px solid #0958d9; outline-offset: 2px; }
button, .button, select { min-height: 2.5rem; padding: .3rem 1rem; border: 1px solid #0958d9; border-radius: .6rem; background: #fff; color: #0958d9; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button { display: inline-flex; align-items: center; }
button.main { background: #0958d9; color: #fff; }
button:disabled { border-color: #c9d0d8; background: #e6e9ed; color: #4f5863; cursor: default; }
.guide { margin-top: .75rem; padding: .9rem 1.1rem; border: 2px solid #0b4a8f; border-radius: .8rem; background: #fff; }
.guide summary { color: #0b4a8f; font-size: 1.15rem; font-weight: 700; cursor: pointer; }
.guide ol { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .75rem 1.5rem; margin: .5rem 0 .9rem; padding: 0; list-style: none; counter-reset: step; }
.guide li { position: relative; padding-inline-start: 2.5rem; counter-increment: step; }
.guide li::before { content: counter(step); position: absolute; inset-inline-start: 0; width: 1.8rem; height: 1.8rem; border-radius: 50%; background: #0b4a8f; color: #fff; font-weight: 700; line-height: 1.8rem; text-align: center; }
.guide li.is-done::before { content: "✓"; background: #14622f; }
.guide p { margin: .1rem 0 .25rem; }
.tries { display: flex; flex-wrap: wrap; gap: .6rem; }
.done { padding: 0 .5rem; border-radius: 1rem; background: #e6f4ea; color: #14622f; font-size: .875rem; }
.clocks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(25rem, 100%), 1fr)); gap: .75rem; }
.clock { padding: .75rem 1rem; border: 1px solid #c9d0d8; border-radius: .8rem; background: #fff; }
.clock.is-late { border-inline-start: 6px solid #a8201a; }
.alert { padding: 0 .6rem; border-radius: 1rem; background: #a8201a; color: #fff; font-size: .875rem; font-weight: 600; }
.alert.acknowledged { background: #fff4dd; color: #5e4700; }
dl { margin: .35rem 0 .5rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 .75rem; }
dt { min-width: 6rem; color: #4a535d; }
dd { margin: 0; font-weight: 600; }
.hands { display: grid; gap: .5rem; }
.slider { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; }
.slider input { flex: 1; min-width: 8rem; height: 2.5rem; accent-color: #0958d9; }
.slider output { min-width: 4.5rem; font-weight: 700; }
.phones { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.25rem; }
.phone { display: flex; flex-direction: column; height: 34rem; padding: .6rem; border-radius: 2rem; background: #1b1f24; box-shadow: 0 4px 14px rgb(0 0 0 / 25%); }
.phone header { padding: .4rem .9rem .5rem; color: #fff; }
.phone header small, .phone header p { color: #d5dbe2; }
.phone header p { margin: 0; overflow: hidden; font-size: .8rem; text-overflow: ellipsis; white-space: nowrap; }
.screen { display: flex; flex: 1; flex-direction: column-reverse; gap: .6rem; min-height: 0; margin: 0; padding: .8rem; overflow-y: auto; border-radius: 1.5rem; background: #f4f6f8; list-style: none; }
.screen > :last-child { margin-top: auto; }
.bubble { max-width: 92%; padding: .45rem .75rem; border-radius: .3rem 1rem 1rem 1rem; background: #fff; box-shadow: 0 1px 2px rgb(0 0 0 / 12%); }
.bubble.voice { background: #163a2a; color: #fff; }
.bubble.email { border: 1px solid #c9d0d8; border-radius: .6rem; }
.bubble.mine { align-self: flex-end; border-radius: 1rem .3rem 1rem 1rem; background: #b9eac6; }
.bubble.failed, .bubble.rejected { background: #fdecea; color: #7d1612; }
.fresh { animation: arrive .6s ease-out; }
@keyframes arrive { from { transform: scale(.9); } }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
.meta { display: flex; justify-content: space-between; gap: .75rem; margin: 0; color: #4a535d; font-size: .8rem; }
.voice .meta { color: #d3e5db; }
.failed .meta, .rejected .meta { color: #7d1612; }
.caller { margin: .1rem 0; font-weight: 700; }
.text { margin: .1rem 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.answer { margin: .35rem 0 .15rem; }
.answer button, .answer .button { width: 100%; justify-content: center; border-color: #14622f; color: #14622f; }
.said { padding: .5rem .75rem; border: 1px solid #a8201a; border-radius: .5rem; background: #fdecea; }
#busy:not(:empty) { position: fixed; inset: auto 1rem 1rem; margin: 0 auto; max-width: 30rem; padding: .75rem 1.25rem; border-radius: .6rem; background: #0b4a8f; color: #fff; font-weight: 600; text-align: center; }
`;
