/** Topics of requests: 438, as many as in the public dataset, in attnsim's own words. */
export const topics: readonly string[] = `
horses records fields departments agreements rivers mountains lighthouses bridges gardens libraries museums
markets harbors islands deserts forests glaciers volcanoes canyons meadows waterfalls caves reefs beaches
lagoons marshes orchards vineyards farms barns windmills castles palaces cathedrals monasteries temples
towers tunnels railways stations airports ferries canoes sailboats submarines bicycles motorcycles tractors
buses trams trucks balloons gliders helicopters rockets satellites telescopes comets planets asteroids
eclipses galaxies constellations meteors seasons thunderstorms rainbows snowflakes tornadoes hurricanes
droughts floods earthquakes tides currents breezes sunsets sunrises shadows mirrors candles lanterns clocks
calendars compasses maps globes atlases dictionaries novels letters postcards stamps envelopes pencils
notebooks typewriters printers cameras photographs paintings sculptures mosaics murals tapestries quilts
carpets curtains pillows blankets sweaters scarves gloves hats boots sandals umbrellas raincoats backpacks
suitcases wallets keys locks doors windows staircases elevators balconies chimneys fireplaces kitchens
bakeries restaurants cafes teapots kettles spoons forks knives plates bowls recipes soups salads sandwiches
dumplings noodles pancakes waffles cookies cakes pies pastries chocolates candies honey olives tomatoes
potatoes carrots onions mushrooms pumpkins peppers lemons oranges apples pears peaches plums cherries grapes
melons berries bananas coconuts almonds walnuts spices herbs flowers roses tulips sunflowers orchids lilies
daisies cacti ferns mosses oaks pines willows maples bamboo seeds roots leaves branches bees butterflies
dragonflies beetles ants spiders crickets snails frogs turtles lizards snakes crocodiles sharks whales
dolphins octopuses jellyfish crabs lobsters seahorses starfish salmon trout penguins eagles owls hawks
falcons parrots swans geese ducks chickens pigeons sparrows robins peacocks flamingos hummingbirds storks
cranes ravens cats dogs rabbits hamsters squirrels beavers foxes wolves bears deer moose elk bison goats
sheep cows pigs donkeys camels elephants giraffes zebras lions tigers leopards cheetahs monkeys gorillas
kangaroos koalas pandas raccoons badgers hedgehogs bats otters seals walruses tapirs sloths dinosaurs
fossils dragons unicorns mermaids giants fairies wizards knights pirates explorers sailors fishermen farmers
bakers tailors carpenters masons plumbers electricians mechanics engineers architects pilots drivers
teachers students professors scientists doctors nurses dentists pharmacists lawyers judges detectives
firefighters soldiers diplomats mayors editors journalists poets novelists actors directors dancers singers
musicians pianists drummers guitars violins cellos trumpets flutes harps bells choirs orchestras festivals
parades carnivals weddings birthdays holidays picnics campfires vacations journeys pilgrimages adventures
riddles puzzles chess kites marbles dolls robots computers keyboards telephones radios televisions batteries
engines magnets crystals diamonds emeralds pearls coins banknotes banks taxes budgets contracts promises
secrets rumors dreams memories habits traditions rituals friendships neighbors grandparents siblings cousins
strangers heroes rivals champions athletes marathons swimming skating skiing climbing archery fencing
football tennis baseball gymnastics kindness patience courage honesty curiosity gratitude loneliness
laughter silence music education geometry algebra statistics chemistry astronomy archaeology philosophy
democracy elections mountaineers beekeepers greenhouses observatories aquariums playgrounds sidewalks alleys
fountains
`
  .trim()
  .split(/\s+/);
