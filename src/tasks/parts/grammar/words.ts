const list = (words: string): readonly string[] =>
  words
    .trim()
    .split(",")
    .map((word) => word.trim().replace(/\s+/g, " "))
    .filter((word) => word !== "");

/** Words for the slots of the sentences: `{adjective}` is one of `words.adjective`. */
export const words: Readonly<Record<string, readonly string[]>> = {
  adjective: list(`
    patient, stubborn, quiet, generous, curious, unlikely, ordinary, careful, restless, gentle, honest, modest, bold,
    familiar, distant, hidden, steady, playful, solemn, fragile, lively, weathered, graceful, humble, bright, peculiar,
    timeless, practical, tender, remarkable, forgotten, simple, earnest, vivid, hopeful, uneven, slow, golden, strange,
    dependable`),
  noun: list(`
    answer, argument, promise, habit, detail, mistake, lesson, pattern, surprise, secret, risk, comfort, bargain, debt,
    silence, conversation, afternoon, memory, rule, exception, question, rumor, tradition, invention, balance, shortcut,
    doubt, gift, warning, rhythm, experiment, story, puzzle, victory, routine, accident, friendship, measure, excuse,
    horizon`),
  place: list(`
    a small town by the coast, the old quarter of the city, a village in the hills, the back of a crowded bus, the
    reading room, a kitchen on the third floor, the edge of the forest, a workshop behind the station, the market
    square, a courtyard full of laundry, the northern border, a valley without a name, the far side of the river, a
    hall with poor lighting, the school on the corner, a harbor in winter, the waiting room of a clinic, a garden that
    nobody owns, the top of the stairs, a tent in the rain, an attic full of boxes, the last house on the street, a
    farm outside Leeds, a rooftop in Lisbon, the archive in Prague, a porch in Georgia, the ferry to Naxos, a library in
    Osaka, the hills above Medellin, a classroom in Nairobi`),
  person: list(`
    my grandmother, an old sailor, a retired teacher, the woman next door, our neighbor Tomas, a visiting scholar,
    a tired nurse, the youngest of the cousins, a clerk named Ingrid, my first employer, a stranger on the train, the
    mayor, a carpenter called Amos, my friend Leila, the head gardener, an engineer from Turin, a poet with ink on his
    sleeve, the night watchman, a student of mine, the librarian, a shy beekeeper, Doctor Okafor, my brother Pavel, the
    ferry captain, an accountant with a sense of humor, a child of seven, the choir master, Aunt Rosalind, a farmer near
    the border, the postman`),
  time: list(`
    last spring, forty years ago, on a Tuesday, before the war, every October, in the small hours, at harvest, one dull
    morning, during the long drought, shortly after noon, when I was nine, in the year of the flood, between two trains,
    on the first cold day, at the end of the season, the week before the wedding, long after midnight, over breakfast,
    in the summer of 1987, at the turn of the century, on the longest day of the year, some weeks later, ever since the
    move, in late November`),
  verb: list(`
    remember, explain, forgive, repair, measure, follow, describe, borrow, protect, question, share, gather, restore,
    study, defend, abandon, arrange, welcome, carry, examine, celebrate, ignore, improve, postpone, understand, admire,
    protest, imitate, rescue, name`),
  past: list(`
    remembered, explained, repaired, measured, described, borrowed, protected, questioned, shared, gathered, restored,
    studied, defended, abandoned, arranged, welcomed, carried, examined, celebrated, ignored, improved, postponed,
    understood, admired, copied, rescued, named, counted, sketched, sold`),
  feeling: list(`
    relief, wonder, impatience, gratitude, envy, calm, pride, unease, delight, regret, curiosity, tenderness,
    confidence, boredom, awe, nostalgia, hope, suspicion, amusement, resolve`),
  thing: list(`
    a brass key, two cups of tea, a torn map, a box of chalk, the morning paper, a borrowed coat, a jar of nails, an
    unpaid bill, a wooden spoon, a basket of laundry, a length of rope, a chipped bowl, the spare bicycle, a letter
    without a date, a bag of oranges, an old radio, a pair of reading glasses, a candle stub, a red notebook, a pocket
    knife, a loaf of rye bread, a ladder, a bunch of keys, a faded ribbon`),
  weather: list(`
    rain on the roof, a thin fog, the first frost, a hard wind from the east, the smell of wet stone, a low sun, heavy
    snow, a mild and windless evening, thunder far away, the heat of August, a sky the color of slate, clear moonlight`),
  number: list(
    `three, four, five, six, seven, eight, nine, eleven, twelve, fifteen, twenty, thirty, forty, ninety`,
  ),
  city: list(`
    Lisbon, Osaka, Nairobi, Turin, Bergen, Quito, Leeds, Tallinn, Accra, Hobart, Winnipeg, Marseille, Krakow, Pune,
    Montevideo, Cork, Tucson, Izmir, Lima, Ghent`),
  name: list(`
    Mara, Jonas, Priya, Anton, Celeste, Hugo, Noor, Felix, Adela, Kofi, Ines, Viktor, Sunniva, Rafael, Greta, Omar,
    Lucia, Dmitri, Yuki, Beatrice`),
  tag: list(`
    Thoughts, SmallThings, Learning, Community, Weekend, TodayILearned, Inspiration, SlowLiving, Notes, Everyday, Joy,
    Stories, Reflection, Together, GoodReads`),
  emoji: list(`🌟, ✨, 🎉, 💡, 🌍, 🔥, 🙌, 💬, 📚, 🎶, 🌱, 😊, 🌈, 🤔, 👏`),
};
