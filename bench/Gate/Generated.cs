namespace Droptune.Bench.Gate;

/// <summary>
/// A synthetic customer-service dataset of any size, in both line formats: sentences of 5 to 25 words with slots and an
/// intent, hardly any of them twice, so that the table of texts grows as with real data.
/// </summary>
internal static class Generated
{
    private static readonly string[] Words =
        ["please", "send", "my", "order", "to", "the", "new", "address", "in", "and", "cancel", "old", "one", "because", "it", "was", "late",
         "account", "refund", "card", "still", "has", "not", "arrived", "since", "last", "week", "can", "you", "check", "where", "is", "package"];

    private static readonly string[] Cities = ["Berlin", "San Francisco", "北京", "São Paulo", "New York City", "Köln"];

    private static readonly string[] Intents = ["refund", "delivery", "address_change", "cancel_order", "card_issue", "other"];

    public static void Write(string path, long bytes, bool isConll)
    {
        var random = new Random(7);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var line = new StringBuilder();
        var (tokens, tags) = (new List<string>(), new List<string>());
        while (file.Position < bytes)
        {
            Sentence(random, tokens, tags);
            var intent = Intents[random.Next(Intents.Length)];
            line.Clear();
            if (isConll)
            {
                line.Append(CultureInfo.InvariantCulture, $"# intent = {intent}\n");
                for (var i = 0; i < tokens.Count; i++)
                {
                    line.Append(CultureInfo.InvariantCulture, $"{tokens[i]}\t{tags[i]}\n");
                }

                line.Append('\n');
            }
            else
            {
                line.Append(CultureInfo.InvariantCulture,
                    $"{{\"tokens\": [\"{string.Join("\", \"", tokens)}\"], \"tags\": [\"{string.Join("\", \"", tags)}\"], \"label\": \"{intent}\"}}\n");
            }

            file.Write(Encoding.UTF8.GetBytes(line.ToString()));
        }
    }

    private static void Sentence(Random random, List<string> tokens, List<string> tags)
    {
        tokens.Clear();
        tags.Clear();
        for (var left = random.Next(5, 25); left > 0; left--)
        {
            switch (random.Next(12))
            {
                case 0:
                    Add(Cities[random.Next(Cities.Length)].Split(' '), "city");
                    break;
                case 1:
                    Add([random.Next(1000, 100_000).ToString(CultureInfo.InvariantCulture)], "number");
                    break;
                default:
                    tokens.Add(Words[random.Next(Words.Length)]);
                    tags.Add("O");
                    break;
            }
        }

        void Add(string[] words, string label)
        {
            for (var i = 0; i < words.Length; i++)
            {
                tokens.Add(words[i]);
                tags.Add((i == 0 ? "B-" : "I-") + label);
            }
        }
    }
}
