namespace Droptune.Pipeline.Tests;

/// <summary>A dataset whose texts have several labels, or none, and if wanted entities beside them; a small model learns it in seconds.</summary>
internal static class Complaints
{
    private static readonly string[] Things = ["parcel", "chair", "lamp", "table", "carpet"];
    private static readonly string[] Labels = ["broken", "late", "rude"];

    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["broken"] = ["the {0} is broken", "a broken {0} is what I got"],
        ["late"] = ["the {0} came late", "my {0} was late again"],
        ["rude"] = ["the driver was rude", "they were rude to me"],
        [""] = ["the {0} is fine", "thank you for the {0}"],
    };

    /// <summary>Training settings under which it does.</summary>
    public static string Manifest(bool hasEntities) => $$"""
        { "task": "{{(hasEntities ? "joint" : "multi-label-classification")}}", "multiLabel": true, "size": "tiny",
          "training": { "epochs": 25, "batchTokens": 512, "maxLength": 32, "joinedTexts": 0, "earlyStopping": null } }
        """;

    /// <summary>Records, a line for each.</summary>
    public static string Lines(int count, int seed, bool hasEntities)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, count).Select(_ => Line(random, hasEntities)));
    }

    /// <summary>A record that says of a text what nobody could learn.</summary>
    public static string Line(string text, string labels, bool hasEntities) =>
        $$"""{"text":"{{text}}","labels":[{{labels}}]{{(hasEntities ? ""","entities":[]""" : "")}}}""" + "\n";

    private static string Line(Random random, bool hasEntities)
    {
        var labels = Labels.Where(_ => random.Next(5) < 2).ToList();
        var text = new StringBuilder();
        var entities = new List<object>();
        foreach (var label in labels is [] ? [""] : labels)
        {
            var (words, thing) = (Words[label][random.Next(2)], Things[random.Next(Things.Length)]);
            var start = text.Append(text.Length > 0 ? " and " : "").Length + words.IndexOf('{', StringComparison.Ordinal);
            text.Append(words.Replace("{0}", thing, StringComparison.Ordinal));
            if (words.Contains('{', StringComparison.Ordinal))
            {
                entities.Add(new { start, end = start + thing.Length, label = "thing" });
            }
        }

        return JsonSerializer.Serialize(hasEntities ? new { text = $"{text}", labels, entities } : (object)new { text = $"{text}", labels }) + "\n";
    }
}
