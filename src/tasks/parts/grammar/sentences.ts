const lines = (text: string): readonly string[] => text.trim().split("\n");

/** Sentences and lines by kind. `{topic}` is what the reply is about; the other slots are those of words.ts. */
export const sentences = {
  opening: lines(`
When people talk about {topic}, they seldom begin with the {noun} that matters most.
There is a {adjective} truth about {topic} that {person} told me {time}.
It took me {number} years to see what {topic} could teach anyone willing to {verb}.
Few subjects reward a {adjective} reader as much as {topic}.
Everything I know about {topic} began in {place}, with {thing} on the table.
Before we {verb} anything else, we should be plain about {topic}.
The first thing one notices about {topic} is a kind of {adjective} {noun}.
Ask {person} about {topic} and you will hear a {adjective} {noun}, told with {feeling}.
Somewhere between {feeling} and {feeling}, most of us form our first opinion of {topic}.
In {place}, the word for {topic} is said with {feeling}.
Nobody expects {topic} to change a life, and yet {person} would disagree.
The story of {topic} arrived {time}, with {weather}, and it stayed.`),
  body: lines(`
{person} once {past} {thing} because of {topic}, and never regretted it.
What matters is not the {noun} itself but the {adjective} {noun} behind it.
We spent the evening in {place}, trying to {verb} what had happened {time}.
A {adjective} {noun} is worth more than {number} {adjective} ones, as {person} liked to say.
{time}, the talk in {place} turned to {topic} and did not turn back.
There was {weather}, and somebody had left {thing} near the door.
The records from {place} say little about {topic}, but they say it with {feeling}.
One could {verb} the whole matter in a page, or {verb} it for a lifetime.
If {topic} had only one lesson, it would be to {verb} before you {verb}.
I have seen {person} {verb} {thing} with the same {adjective} care.
It is easy to {verb} a {noun}; it is harder to {verb} the {adjective} {noun} that follows.
Some {past} it, others {past} it, and {person} simply {past} it and went home.
Between {city} and {city} there are at least {number} ways to think about {topic}.
The {noun} was {adjective}, the {noun} was not, and we learned to live with both.
Every {noun} needs a {adjective} beginning, and this one had {weather}.
For {number} days the {noun} went unanswered, until {person} arrived with {thing}.
Critics of {topic} point to the {noun}; its friends point to the {adjective} {noun}.
None of it would have happened without {thing} and a {adjective} sense of {feeling}.
There are {number} good reasons to {verb} this, and only one {adjective} reason not to.
{time}, I carried {thing} across {place} and thought of {topic} the whole way.
The {adjective} part is not to {verb} too soon.
{person} keeps {thing} in a drawer, and calls it proof of a {adjective} {noun}.
We tend to {verb} whatever we cannot {verb}, and that includes {topic}.
A visitor from {city} {past} our {noun} and found it {adjective}.
With {topic}, as with most things, the {noun} hides in plain sight.
You may {verb} the {noun}, but you cannot {verb} the {feeling} that comes with it.
By the time the {noun} was {past}, {weather} had settled over {place}.
Nothing prepares you for the {feeling} of a {adjective} {noun}.
In the end {person} {past} the {noun} and kept {thing}.
It was {person} who first {past} the link between {topic} and {feeling}.
The {noun} we {past} {time} still shapes how we {verb} today.
Whoever has lived in {place} knows that {topic} and {feeling} go together.
There is no {adjective} way to say this: the {noun} was ours to {verb}.
A second {noun}, more {adjective} than the first, came {time}.
Some evenings, with {weather}, even the thought of {topic} turns {adjective}.
Children {verb} this at once; adults need {number} attempts and {thing}.
Out of {feeling} rather than {feeling}, we chose the {adjective} {noun}.
The price of {topic} is rarely {adjective}, and never what {person} expects.
Look closely and the {noun} becomes a {noun}, the {noun} becomes a {noun}.
They say that in {city} the {noun} is {past} anew each year.
All the same, {person} would rather {verb} {topic} than {verb} {thing}.
The {adjective} details deserve a moment: {thing}, {weather}, {number} unread letters.
To {verb} well, one has to {verb} often, and to forgive a {adjective} {noun}.
Not every {noun} about {topic} is {adjective}, and not every {adjective} one is wrong.`),
  closing: lines(`
And that, in the end, is what {topic} left us: a {adjective} {noun} and {thing}.
Perhaps {topic} will always be a {adjective} {noun}, and perhaps that is enough.
So the next time {person} mentions {topic}, listen for the {noun}.
What remains of {topic} is the {feeling}, and {feeling} travels well.
I would not trade {topic} for anything in {place}.
If we {verb} nothing else, let us {verb} {topic} with {feeling}.
There is more to {verb}, but the {noun} can wait until somebody brings up {topic} again.
It was never only about {topic}; it was about the {adjective} {noun} we {past}.`),
  conclusion: lines(`
In conclusion, a {adjective} {noun} remains.
To sum up, it takes a {adjective} {noun} to {verb} {topic}, and for {feeling}.
All things considered, the {noun} outweighs the {noun}.`),
  heading: lines(`
A {adjective} {noun} worth keeping
What {person} taught me about {topic}
The {noun} nobody mentions
{number} things to {verb} first
From {city} to {city}
Why the {noun} matters
Learning to {verb}
On {feeling} and {topic}`),
  verse: lines(`
In {place} the {adjective} hours go by,
{topic} beneath a {adjective} sky,
We {past} the {noun} and let it lie,
And {person} never told us why.
There was {weather}, and nothing more,
With {thing} beside the open door,
A {noun} we never {past} before,
And {feeling} washed up on the shore.
O {topic}, {adjective} and slow,
You {verb} the things we used to know,
{time} we watched the {noun} go,
And called it {feeling}, soft and low.
The {noun} is {adjective}, the night is long,
And we hear {topic} in a song,
We {past} the right, forgave the wrong,
And found the {noun} where we belong.
Between the {noun} and the rain,
I {past} {topic} once again,
From {city} on the morning train,
With {adjective} {feeling}, with no pain.
What did we {verb}, what did we keep?
A {adjective} {noun}, half asleep,
{thing}, and {topic}, and waters deep,
A {noun} to {verb}, a hill too steep.
Let others {verb}, let others roam,
The {noun} of {topic} calls us home,
Past {place}, past glass and chrome,
As {adjective} as a garden gnome.`),
  speech: lines(`
You never could {verb} a {noun} without {thing}, could you?
I did not come to {place} to talk about {feeling}.
It is {topic}, {name}. It has always been {topic}.
Then {verb} it, {name}, the way {person} {past} it!
Do you remember {topic}, {time}, and the {noun} we made of them?
Give me {thing} and {number} minutes of {adjective} silence.
The {noun} is {adjective}. That is all I will say.
My mother {past} {topic} with more {feeling} than that.
And if the {noun} fails? If {person} will not {verb}?
Listen. There is {weather}. Even that is about {topic}.
Nobody in {city} would {verb} a thing like this.
I kept {thing}. I kept it because of {topic}, and because of you.
Call it {feeling} if you like. I call it a {adjective} {noun}.
We have {number} days left, and you want to {verb}?`),
  stage: lines(`
(He crosses to the window. {weather}.)
(She sets down {thing}.)
(A pause. Somewhere, a {adjective} {noun}.)
(They {verb} in silence.)
(The lights dim to a {adjective} glow.)
(A knock. Nobody moves.)`),
  quote: lines(`
"We {past} {topic} for {number} years before anyone noticed," said {person}.
"This is a {adjective} {noun} for everyone in {city}," a spokesperson said.
"I would {verb} it again," said {name}, holding {thing}.
"It began {time}, with {weather}," one witness recalled.
"There is {feeling} here, and there is {topic}," said {person}.
"Nobody should {verb} without a {adjective} {noun}," warned the committee.`),
  headline: lines(`
{city} {past} by {topic}, and Residents Want More
{topic}: A {adjective} {noun} Comes to {city}
Council to {verb} {topic} After {number} Years
Experts {verb} {topic} and Find a {adjective} {noun}
How {topic} {past} a Whole Town`),
  subject: lines(`
A {adjective} {noun} about {topic}
Our talk on {topic}
{topic}: what I forgot to say
{number} questions about {topic}
Can we {verb} {topic} this week?`),
} as const;

export type SentenceKind = keyof typeof sentences;
