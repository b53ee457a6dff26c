using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.WordPiece;

public class WordPieceTokenizerThreadsTests
{
    [Fact]
    public void Tokenize_ManyThreadsAndMoreWordsThanTheCacheHolds_StaysRight()
    {
        // 80,000 different words: the cache forgets twice while all threads read it.
        var shared = new WordPieceTokenizer(ReferenceTokenizers.Of("uncased").Vocabulary, new());

        var wrong = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(8).Count(part =>
        {
            var mine = new WordPieceTokenizer(shared.Vocabulary, new());
            return !WordsOf(part, shared).SequenceEqual(WordsOf(part, mine));
        });

        Assert.Equal(0, wrong);
    }

    private static List<int> WordsOf(int part, WordPieceTokenizer tokenizer) =>
        [.. Enumerable.Range(0, 5_000).SelectMany(i => tokenizer.Tokenize($"word{part}x{i} Order#{i % 7}").Ids)];
}
