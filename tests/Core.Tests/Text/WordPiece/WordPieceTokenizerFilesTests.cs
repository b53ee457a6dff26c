using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.WordPiece;

public sealed class WordPieceTokenizerFilesTests : IDisposable
{
    private const string Pieces = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n\u2028\ncaf\u00e9\ncafe\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_VocabularyAlone_CaseIsKeptIfItHasCapitals()
    {
        Write("vocab.txt", Pieces);
        var lower = WordPieceTokenizer.Load(_folder);
        Write("vocab.txt", Pieces + "A\n");
        var cased = WordPieceTokenizer.Load(_folder);

        Assert.True(lower.Options.LowerCase);
        Assert.False(cased.Options.LowerCase);
        Assert.Equal([cased.Vocabulary.Count - 1], cased.Tokenize("A").Ids);
    }

    [Fact]
    public void Load_VocabularyWithLineSeparatorPiece_KeepsTheIdsBehindIt()
    {
        Write("vocab.txt", Pieces);

        var tokenizer = WordPieceTokenizer.Load(_folder);

        Assert.Equal(["\u2028", "caf\u00e9"], tokenizer.Vocabulary.Pieces.Skip(7).Take(2));
    }

    [Fact]
    public void Load_VocabularyWrittenOnWindows_HasNoCarriageReturns()
    {
        Write("vocab.txt", Pieces.Replace("\n", "\r\n", StringComparison.Ordinal));

        var tokenizer = WordPieceTokenizer.Load(_folder);

        Assert.Equal([5, 6], tokenizer.Tokenize("ab").Ids);
    }

    [Theory]
    [InlineData("""{"do_lower_case":false}""", "CAFÉ", "[UNK]")]
    [InlineData("""{"do_lower_case":true}""", "CAFÉ", "cafe")]
    [InlineData("""{"do_lower_case":true,"strip_accents":false}""", "CAFÉ", "café")]
    [InlineData("""{"do_lower_case":false,"strip_accents":true}""", "café", "cafe")]
    [InlineData("""{"do_lower_case":true,"tokenize_chinese_chars":false}""", "a中", "[UNK]")]
    [InlineData("""{"do_lower_case":true,"mask_token":{"content":"cafe","special":true}}""", "acafe", "a cafe")]
    public void Load_TokenizerConfig_IsRespected(string config, string text, string expected)
    {
        Write("vocab.txt", Pieces);
        Write("tokenizer_config.json", config);

        var tokenizer = WordPieceTokenizer.Load(_folder);

        Assert.Equal(expected, string.Join(' ', tokenizer.Tokenize(text).Ids.Select(id => tokenizer.Vocabulary[id])));
    }

    [Fact]
    public void Load_TokenizerJsonAlone_ReadsVocabularyAndNormalizer()
    {
        Write("tokenizer.json", """
            {"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":false},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":3,
              "vocab":{"[UNK]":0,"[CLS]":2,"[SEP]":1,"A":3,"##b":4}},
             "added_tokens":[{"id":5,"content":"[PAD]"},{"id":6,"content":"[MASK]"}]}
            """);

        var tokenizer = WordPieceTokenizer.Load(_folder);

        Assert.Equal([3, 4, 4, 0, 0, 6], tokenizer.Tokenize("Abb a Abbb [MASK]").Ids);
        Assert.Equal(5, tokenizer.PadId);
    }

    [Fact]
    public void Load_OtherTokenizer_SaysWhatIsSupported()
    {
        Write("tokenizer.json", """{"model":{"type":"BPE","vocab":{}}}""");

        var error = Assert.Throws<NotSupportedException>(() => WordPieceTokenizer.Load(_folder));

        Assert.Contains("BPE is not supported; WordPiece", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFolder_SaysWhatIsMissing()
    {
        var error = Assert.Throws<FileNotFoundException>(() => WordPieceTokenizer.Load(_folder));

        Assert.Contains("neither vocab.txt nor tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VocabularyWithRobertasPieces_UsesThem()
    {
        Write("vocab.txt", "<s>\n<pad>\n</s>\n[UNK]\n<mask>\na\n");

        var tokenizer = WordPieceTokenizer.Load(_folder);

        Assert.Equal((0, 1, 2, 3, 4), (tokenizer.ClsId, tokenizer.PadId, tokenizer.SepId, tokenizer.UnkId, tokenizer.MaskId));
        Assert.Equal([4, 5, 3], tokenizer.Tokenize("<mask> a b").Ids);
    }

    [Fact]
    public void Load_NoUnknownPiece_SaysSo()
    {
        Write("vocab.txt", "[PAD]\na\n");

        var error = Assert.Throws<InvalidDataException>(() => WordPieceTokenizer.Load(_folder));

        Assert.StartsWith("The vocabulary has no \"[UNK]\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_Load_IsTheSame()
    {
        var saved = new WordPieceTokenizer(new(Pieces.TrimEnd('\n').Split('\n')), new() { LowerCase = false, StripAccents = true });

        saved.Save(_folder);
        var loaded = WordPieceTokenizer.Load(_folder);

        Assert.Equal(Pieces, File.ReadAllText(Path.Combine(_folder, "vocab.txt")));
        Assert.Equal(saved.Options, loaded.Options);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
