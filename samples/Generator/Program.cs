// Writes samples/support from the grammar files beside this one, the same bytes every time: dotnet run --project samples/Generator
using Droptune.Core;
using Droptune.Samples.Generator;

(Split Split, int Count)[] sizes = [(Split.Train, 2400), (Split.Dev, 250), (Split.Test, 300)];
var samples = FindSamples();
var files = new Dictionary<string, List<Example>>();

try
{
    foreach (var language in new[] { "en", "zh" })
    {
        WriteLanguage(language);
    }
}
catch (InvalidDataException problem)
{
    Console.Error.WriteLine($"Nothing written. {problem.Message}");
    return 1;
}

foreach (var (name, examples) in files)
{
    var lines = examples.Select(example => JsonSerializer.Serialize(example, DroptuneJson.Compact) + "\n");
    File.WriteAllText(Path.Combine(samples, "support", name), string.Concat(lines), new UTF8Encoding(false));
    Console.WriteLine($"{name}: {examples.Count} examples, {examples.Sum(example => example.Entities!.Count)} entities");
}

return 0;

void WriteLanguage(string language)
{
    var grammar = Path.Combine(samples, "Generator", "grammar", language);
    var values = GrammarFile.Read(Path.Combine(grammar, "values.txt"));
    var splits = new Dictionary<Split, List<Example>>();
    foreach (var (split, count) in sizes)
    {
        var name = split.ToString().ToLowerInvariant();
        var phrases = GrammarFile.Read(Path.Combine(grammar, $"{name}.txt"));
        var writer = new SplitWriter(phrases, values, useUnseen: split != Split.Train, seed: (ulong)files.Count);
        splits[split] = writer.Write(count, [.. splits.Values.SelectMany(examples => examples)]);
        files[$"{name}-{language}.jsonl"] = splits[split];
    }

    if (Invariants.Breaches(splits).ToList() is { Count: > 0 } breaches)
    {
        throw new InvalidDataException($"{breaches.Count} breaches in {language}:\n{string.Join('\n', breaches)}");
    }
}

static string FindSamples()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (Directory.Exists(Path.Combine(folder.FullName, "Generator", "grammar")))
        {
            return folder.FullName;
        }
    }

    throw new DirectoryNotFoundException("samples/Generator/grammar is not above the program; run it with dotnet run --project samples/Generator");
}
