using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text;

/// <summary>
/// Which units labels need: words, as long as no label begins or ends inside one. A script that is written with spaces is cut into
/// pieces only where that is usual: few such labels are slips.
/// </summary>
public sealed class UnitEvidence
{
    private const double LeastShare = 0.05; // of the labels that begin or end in a script
    private const int LongestWord = 100; // as in TokenizerOptions
    private const int LeastLabels = 2; // in an alphabet whose words seldom hold labels

    private static readonly SmallUnits ByScript = new([]);

    private readonly PreTokenizer _words;
    private readonly PreTokenizer _scripts;
    private readonly Dictionary<Script, (int All, int Cutting)> _labels = [];
    private bool _isBetweenScripts;

    /// <param name="stripAccents">Whether words lose their accents, so that nothing can begin with one.</param>
    /// <param name="chineseCharacters">Whether CJK characters are units.</param>
    public UnitEvidence(bool stripAccents = false, bool chineseCharacters = true) =>
        (_words, _scripts) = (new(stripAccents, chineseCharacters), new(stripAccents, chineseCharacters, ByScript));

    /// <summary>
    /// The units that all labels of examples need; texts of a script without spaces need pieces, too, where a word of it is longer than a
    /// vocabulary takes.
    /// </summary>
    /// <returns>Null = words.</returns>
    public static SmallUnits? Needed(IEnumerable<Example> examples, bool stripAccents, bool chineseCharacters)
    {
        var evidence = new UnitEvidence(stripAccents, chineseCharacters);
        foreach (var example in examples)
        {
            evidence.AddLongWords(example.Tokens ?? [example.Text!]);
            foreach (var span in example.Entities ?? [])
            {
                evidence.Add(example.Text, span.Start, span.End);
            }
        }

        return evidence.Find(leastShare: 0);
    }

    /// <summary>Counts a label of a part of a text, in UTF-16 units, end exclusive.</summary>
    public void Add(ReadOnlySpan<char> text, int start, int end)
    {
        var (first, last) = (Scripts.At(text, start), Scripts.Before(text, end));
        Count(first, first != Script.Inherited && Cuts(text, start));
        Count(last, Cuts(text, end));
    }

    private void AddLongWords(IReadOnlyList<string> texts)
    {
        foreach (var text in texts.Where(text => text.Length > LongestWord))
        {
            for (var position = 0; _words.Next(text, ref position, out var word);)
            {
                if (word.Length > LongestWord && Scripts.At(text, word.Start) is var script && SmallUnits.IsUnspaced(script))
                {
                    Count(script, isCut: true);
                }
            }
        }
    }

    /// <summary>The units that most labels can be held in; null = words.</summary>
    public SmallUnits? Find() => Find(LeastShare);

    private SmallUnits? Find(double leastShare)
    {
        var pieces = _labels
            .Where(labels => labels.Value.Cutting > 0 && (leastShare == 0 || IsUsual(labels.Key, labels.Value.All, labels.Value.Cutting)))
            .Select(labels => labels.Key).Order().ToList();
        return pieces.Count > 0 || _isBetweenScripts ? new(pieces) : null;
    }

    private static bool IsUsual(Script script, int all, int cutting) => SmallUnits.IsUnspaced(script)
        || (cutting >= LeastShare * all && (cutting >= LeastLabels || script is not (Script.Latin or Script.Greek or Script.Cyrillic)));

    /// <summary>Whether a border is between two characters of one script in a word.</summary>
    private bool Cuts(ReadOnlySpan<char> text, int index)
    {
        if (_words.IsBorder(text, index))
        {
            return false;
        }

        var isBetweenScripts = _scripts.IsBorder(text, index);
        _isBetweenScripts |= isBetweenScripts;
        return !isBetweenScripts && Scripts.At(text, index) != Script.Inherited; // else before a mark, which nothing can be
    }

    private void Count(Script script, bool isCut)
    {
        var (all, cutting) = _labels.GetValueOrDefault(script);
        _labels[script] = (all + 1, cutting + (isCut ? 1 : 0));
    }
}
