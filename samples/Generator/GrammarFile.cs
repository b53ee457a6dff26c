namespace Droptune.Samples.Generator;

/// <summary>A grammar file as it stands: its rules, and the lines of each section in file order.</summary>
internal sealed class GrammarFile(string path)
{
    public string Path { get; } = path;

    public Dictionary<string, string> Rules { get; } = [];

    public Dictionary<string, List<string>> Sections { get; } = [];

    public static GrammarFile Read(string path)
    {
        var grammar = new GrammarFile(path);
        List<string>? section = null;
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (line.Length == 0 || line.StartsWith("# ", StringComparison.Ordinal))
            {
                continue;
            }

            if (line.StartsWith("= ", StringComparison.Ordinal))
            {
                grammar.Sections.Add(line[2..], section = []);
            }
            else if (line[0] == '<' && line.IndexOf("> = ", StringComparison.Ordinal) is var end and > 0)
            {
                grammar.Rules.Add(line[1..end], line[(end + 4)..]);
            }
            else
            {
                (section ?? throw new InvalidDataException($"{path}({index + 1}): a line outside any '= section'")).Add(line);
            }
        }

        return grammar;
    }
}
