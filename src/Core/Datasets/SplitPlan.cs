namespace Droptune.Core.Datasets;

/// <summary>
/// Which split an example goes to: its file's, when the path says so; else 80/10/10 by a hash of its text, so that
/// an example never changes its split when data is added, and copies of it stay together.
/// </summary>
public sealed class SplitPlan
{
    private const string Feedback = "feedback";

    private readonly bool _hasDevFile;

    /// <param name="fileNames">The files of the dataset.</param>
    /// <param name="stated">Splits that records state for themselves.</param>
    public SplitPlan(IEnumerable<string> fileNames, params IEnumerable<Split> stated)
    {
        var named = fileNames.Select(NamedSplit).Concat(stated.Select(split => (Split?)split)).ToHashSet();
        _hasDevFile = named.Contains(Split.Dev);
        HasTestFile = named.Contains(Split.Test);
    }

    /// <summary>Whether a file is test by its name.</summary>
    public bool HasTestFile { get; }

    /// <summary>Whether a file holds texts without labels, by the first part of its name: pre-training reads them, no split has them.</summary>
    public static bool IsUnlabelled(string fileName) => FirstWord(fileName) is "unlabelled" or "unlabeled";

    /// <summary>The split that a path states, see <see cref="SplitWord"/>. Null = by hash.</summary>
    public static Split? NamedSplit(string fileName) => FirstWord(fileName) == Feedback ? Split.Train : SplitWord.Find(fileName)?.Split;

    /// <summary>
    /// Whether a file is train as a whole, even where dev or test are taken out of train: collected feedback corrects the
    /// model, it must not measure it.
    /// </summary>
    public static bool IsTrainOnly(string fileName) => FirstWord(fileName) == Feedback;

    /// <summary>The split of an example whose text hashes to <paramref name="textHash"/>; a missing dev or test is taken out of train.</summary>
    public Split SplitOf(Split? named, ulong textHash)
    {
        var byHash = ((textHash >> 32) % 10) switch { 8 => Split.Dev, 9 => Split.Test, _ => Split.Train };
        return (named, byHash) switch
        {
            (null, _) => byHash,
            (Split.Train, Split.Dev) when !_hasDevFile => Split.Dev,
            (Split.Train, Split.Test) when !HasTestFile => Split.Test,
            _ => named.Value,
        };
    }

    private static string FirstWord(string fileName) => SplitWord.WordsOf(fileName[(fileName.LastIndexOf('/') + 1)..]).FirstOrDefault("");
}
