namespace Droptune.Bench.Training;

/// <summary>What is trained on: the same CoNLL files as the peer's, or sequences of one length.</summary>
internal static class Data
{
    /// <summary>Writes sentences taken evenly from a dataset, few for the splits that are not timed.</summary>
    public static void Write(string conll, string folder, int sentences)
    {
        Directory.CreateDirectory(folder);
        foreach (var (split, source, count) in new[] { ("train", "train", sentences), ("dev", "valid", 16), ("test", "test", 16) })
        {
            var all = Read(conll, source);
            var lines = Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])
                .SelectMany(e => e.Tokens!.Zip(e.Tags!, (token, tag) => $"{token}\t{tag}").Append(""));
            File.WriteAllLines(Path.Combine(folder, $"{split}.conll"), lines);
        }
    }

    public static IReadOnlyList<Example> Read(string folder, string split)
    {
        var examples = new List<Example>();
        var (tokens, tags) = (new List<string>(), new List<string>());
        foreach (var line in File.ReadLines(Path.Combine(folder, $"{split}.conll")).Append(""))
        {
            if (line.Split('\t') is [var token, .., var tag])
            {
                tokens.Add(token);
                tags.Add(tag);
            }
            else if (tokens.Count > 0)
            {
                examples.Add(new() { Tokens = tokens, Tags = tags });
                (tokens, tags) = ([], []);
            }
        }

        return examples;
    }

    /// <summary>Sequences of whole words, each one piece, so that [CLS] and [SEP] included they are exactly as long as asked for.</summary>
    public static IReadOnlyList<Example> Long(string vocabulary, int count, int length)
    {
        var words = File.ReadLines(vocabulary).Where(piece => piece.Length > 2 && piece.All(char.IsAsciiLetterLower)).ToArray();
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => new Example
        {
            Tokens = random.GetItems(words, length - 2),
            Tags = [.. Enumerable.Repeat("O", length - 3), "B-last"],
        })];
    }
}
