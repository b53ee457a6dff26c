using System.Text.RegularExpressions;

namespace Droptune.Core.Datasets;

/// <summary>
/// The word of a path that states a file's split: among those of the file's name, else of its folder's, and so on up. A word
/// is what letters and digits make, digits at its end aside. Names that state two splits state none.
/// </summary>
/// <param name="Split">What it states.</param>
/// <param name="Word">As it stands in the path.</param>
/// <param name="Segment">The name it stands in.</param>
public sealed partial record SplitWord(Split Split, string Word, string Segment)
{
    /// <summary>Null where the path states none.</summary>
    public static SplitWord? Find(string path)
    {
        foreach (var segment in path.Split('/').Reverse())
        {
            var found = Words(segment);
            if (found.Count > 0)
            {
                return found.DistinctBy(word => word.Split).Count() == 1 ? found[0] : null;
            }
        }

        return null;
    }

    /// <summary>
    /// Files that look as if they were splits, and are not taken as such: one that states two, or names that are alike but for
    /// "train" and "test" within a word.
    /// </summary>
    public static IEnumerable<(string File, string Why)> Unclear(IReadOnlyList<string> files)
    {
        foreach (var file in files.Where(file => Find(file) is null))
        {
            if (file.Split('/').Select(Words).LastOrDefault(words => words.Count > 0) is [var first, .. var others])
            {
                yield return (file, $"'{first.Segment}' states {first.Split.Name()} and {others.First(other => other.Split != first.Split).Split.Name()}");
            }
            else if (Within(file) is { } within && files.FirstOrDefault(other => other != file && Within(other)?.Around == within.Around) is { } sibling)
            {
                yield return (file, $"'{within.Word}' is part of a word, as in {sibling}");
            }
        }
    }

    /// <summary>The words of a name, in lower case.</summary>
    public static IEnumerable<string> WordsOf(string name) => AnyWord().Matches(name).Select(match => match.Value.ToLowerInvariant());

    private static List<SplitWord> Words(string segment) =>
        [.. from word in WordsOf(segment)
            let split = Of(word.TrimEnd("0123456789".ToCharArray()))
            where split is not null
            select new SplitWord(split.Value, word, segment)];

    // The split within a word, and the path around it.
    private static (string Word, string Around)? Within(string path) =>
        SplitWithin().Match(path) is { Success: true } match ? (match.Value, $"{path[..match.Index]}*{path[(match.Index + match.Length)..]}") : null;

    private static Split? Of(string word) => word switch
    {
        "train" or "training" or "trainset" => Split.Train,
        "dev" or "devel" or "development" or "devset" or "val" or "valid" or "validation" or "eval" or "testa" => Split.Dev,
        "test" or "testing" or "testset" or "testb" => Split.Test,
        _ => null,
    };

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex AnyWord();

    [GeneratedRegex("train|dev|valid|test", RegexOptions.IgnoreCase)]
    private static partial Regex SplitWithin();
}
