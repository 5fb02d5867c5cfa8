const Sequencer = require('@jest/test-sequencer').default;

/** Suites that start whole systems and wait for their clocks go first: one of them at the end would leave the others idle. */
const FOLDERS = ['chaos', 'e2e', 'browser', 'workflow', 'api', 'unit'];

/** The usual order by how long a suite took the last time; on a machine that has not run them, by what they are. */
class SlowFirst extends Sequencer {
  sort(tests) {
    const usual = super.sort(tests);
    if (usual.every(({ duration }) => duration !== undefined)) return usual;
    const rank = ({ path }) => FOLDERS.findIndex((folder) => path.includes(`/test/${folder}/`));
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}

module.exports = SlowFirst;
