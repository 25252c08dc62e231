/** The database that all measured rows come from. */
export const database = {
  title: "AIConfigurator, performance database, commit 095f58a",
  url: "https://github.com/ai-dynamo/aiconfigurator/tree/095f58a/aic-core/src/aiconfigurator_core/systems/data",
};
