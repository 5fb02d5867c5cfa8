/** The style and the script of the sandbox's page, as files of their own: the content policy allows nothing inline. */

export const SANDBOX_CSS = `
body { margin: 0; background: #f3f5f7; color: #1b1f24; font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
.sandbox { margin: 0; padding: .5rem 1rem; background: #5c2d00; color: #fff; text-align: center; font-weight: 700; letter-spacing: .1em; }
main { max-width: 80rem; margin: 0 auto; padding: 1rem; }
table { display: block; overflow-x: auto; width: max-content; max-width: 100%; border-collapse: collapse; background: #fff; }
th, td { white-space: nowrap; }
th, td { padding: .4rem .6rem; border: 1px solid #c9d0d8; text-align: left; }
td form { display: flex; gap: .5rem; }
.inboxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
section { padding: .75rem; background: #fff; border: 1px solid #c9d0d8; border-radius: .75rem; }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
small { color: #454d57; font-weight: 400; }
ol { max-height: 26rem; margin: 0; padding: 0; overflow: auto; list-style: none; }
li { margin: 0 0 .5rem; padding: .5rem .75rem; background: #e8f1fb; border-radius: .5rem; }
li.failed, li.rejected { background: #fbeaea; }
.meta { margin: 0; color: #454d57; font-size: .85rem; }
.text { margin: .25rem 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.said { padding: .5rem .75rem; background: #fbeaea; border: 1px solid #a32020; border-radius: .5rem; }
button, select { min-height: 2.25rem; padding: .25rem .75rem; font: inherit; }
`;

/** Shows what is new every three seconds, unless somebody is just choosing something. */
export const SANDBOX_SCRIPT = `'use strict';
setInterval(async () => {
  const live = document.getElementById('live');
  if (document.hidden || !live || live.contains(document.activeElement)) return;
  const response = await fetch('/sandbox').catch(() => undefined);
  if (!response || !response.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('live');
  if (next && next.innerHTML !== live.innerHTML) live.replaceWith(document.adoptNode(next));
}, 3000);
`;
