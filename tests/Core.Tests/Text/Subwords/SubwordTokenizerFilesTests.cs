using System.Text.Json.Nodes;
using Droptune.Core.Text.Loading;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.Subwords;

/// <summary>What is read from tokenizer.json and tokenizer_config.json, what is written, and what is refused.</summary>
public class SubwordTokenizerFilesTests
{
    /// <summary>What to change in a file of the reference, to what, and what is said then.</summary>
    public static TheoryData<string, string, string, string> Damages => new()
    {
        { SubwordFolder.BytePairs, "model", "null", "has no 'model'" },
        { SubwordFolder.BytePairs, "model.type", "\"WordLevel\"", "model: the type WordLevel is not supported; WordPiece, BPE and Unigram are." },
        { SubwordFolder.BytePairs, "model.vocab", "null", "model has no 'vocab'" },
        { SubwordFolder.BytePairs, "model.vocab", "[]", "model.vocab must be an object" },
        { SubwordFolder.BytePairs, "model.vocab", "{}", "model has no piece Ā for the byte 0" },
        { SubwordFolder.BytePairs, "model.vocab.!", "-1", "model.vocab['!'] must be a whole number from 0 to 4000000" },
        { SubwordFolder.BytePairs, "model.vocab.!", "1e99", "model.vocab['!'] must be a whole number from 0 to 4000000" },
        { SubwordFolder.BytePairs, "model.merges", "[[\"t\",\"h\",\"e\"]]", "model.merges[0] must be two pieces" },
        { SubwordFolder.BytePairs, "model.merges", "[\"t h\",\"th th\"]", "model.merges[1] merges th and th; the vocabulary must have both and thth" },
        { SubwordFolder.BytePairs, "model.dropout", "0.1", "model: dropout is not supported" },
        { SubwordFolder.BytePairs, "model.end_of_word_suffix", "\"</w>\"", "end_of_word_suffix </w> is not supported" },
        { SubwordFolder.BytePairs, "model.byte_fallback", "\"yes\"", "model.byte_fallback must be true or false" },
        { SubwordFolder.BytePairs, "pre_tokenizer.type", "\"Digits\"", "pre_tokenizer: Digits for BPE is not supported; ByteLevel for BPE is" },
        { SubwordFolder.BytePairs, "post_processor.cls", "[\"<x>\",9]", "no piece for cls_token: <x>" },
        { SubwordFolder.BytePairs, "added_tokens", "[{\"id\":0,\"content\":\"\"}]", "added_tokens[0].content is empty" },
        { SubwordFolder.BytePairs, "normalizer", "{\"type\":\"Lowercase\"}", "normalizer: the type Lowercase is not supported; NFC, Precompiled, Strip, Replace and a Sequence of them are." },
        { SubwordFolder.Unigram, "model.vocab", "[[\"a\"]]", "model.vocab[0] must be a piece and its score" },
        { SubwordFolder.Unigram, "model.vocab", "[[\"a\",\"b\"]]", "model.vocab[0][1] must be a number" },
        { SubwordFolder.Unigram, "model.unk_id", "5000", "model.unk_id must be a whole number from 0 to 4001" },
        { SubwordFolder.Unigram, "model.byte_fallback", "true", "byte_fallback is not supported" },
        { SubwordFolder.Unigram, "normalizer.precompiled_charsmap", "\"%\"", "normalizer.precompiled_charsmap is no table of characters" },
        { SubwordFolder.Unigram, "normalizer.precompiled_charsmap", "\"//////8=\"", "normalizer.precompiled_charsmap is no table of characters: it has 5 bytes, of which 4294967295 would be its trie" },
        { SubwordFolder.Unigram, "normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(a+)+$\"},\"content\":\"\"}", "normalizer: the pattern (a+)+$" },
        { SubwordFolder.Unigram, "normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"\\\\s{2,}|[\\\\n\\\\r\\\\t]\"},\"content\":\"  \"}", "with 2 characters is not supported" },
        { SubwordFolder.Unigram, "normalizer", "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aa\"}", "a content longer than the pattern is not supported" },
        { SubwordFolder.Unigram, "pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"_\"}", "the replacement _ is not supported" },
        { SubwordFolder.Unigram, "pre_tokenizer", "{\"type\":\"Metaspace\",\"prepend_scheme\":\"last\"}", "the prepend_scheme last is not supported" },
        { SubwordFolder.Unigram, "post_processor.single", "[]", "post_processor.single: another template is not supported" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Load_DamagedOrForeignFile_SaysWhatAndWhere(string name, string what, string value, string expected)
    {
        using var folder = Damaged(name, what, value);

        var error = Assert.ThrowsAny<Exception>(folder.Load);

        Assert.True(error is InvalidDataException or NotSupportedException, $"{error}");
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HugeOrDeepFile_IsRefusedBeforeItIsRead()
    {
        using var deep = SubwordFolder.With(new string('[', 100_000));
        using var huge = SubwordFolder.With("{}");
        using (var file = File.OpenWrite(Path.Combine(huge.Path, "tokenizer.json")))
        {
            file.SetLength(65L << 20);
        }

        Assert.Contains("is not JSON", Assert.Throws<InvalidDataException>(deep.Load).Message, StringComparison.Ordinal);
        Assert.Contains("67,108,864 are allowed", Assert.Throws<InvalidDataException>(huge.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LongPiece_IsRefused()
    {
        using var folder = Damaged(SubwordFolder.BytePairs, $"model.vocab.{new string('a', 600)}", "7000");

        Assert.Contains("is a piece of 600 characters; 512 are allowed", Assert.Throws<InvalidDataException>(folder.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000000000000000")] // a trie that leads nowhere
    [InlineData("FFFFFFFF00000000")]
    public void Load_DamagedTableOfCharacters_ChangesNothing(string trie)
    {
        byte[] table = [8, 0, 0, 0, .. Convert.FromHexString(trie), (byte)'x'];
        using var folder = Damaged(SubwordFolder.Unigram, "normalizer.precompiled_charsmap", $"\"{Convert.ToBase64String(table)}\"");

        Assert.NotEmpty(folder.Load().Tokenize("pay ﬁve €").Ids);
    }

    [Theory]
    [InlineData(SubwordFolder.BytePairs)]
    [InlineData(SubwordFolder.Unigram)]
    public void Tokenize_LongWordsAndManyMarks_TakesNoLongTime(string name)
    {
        using var folder = SubwordFolder.Of(name);
        var tokenizer = folder.Load();

        foreach (var part in new[] { "x", "北", "\u0301", " ", "<s>", "😀" })
        {
            Assert.True(tokenizer.Tokenize(string.Concat(Enumerable.Repeat(part, 100_000))).Ids.Length > 0 || part == " ");
        }
    }

    [Fact]
    public void Load_ConfigBeside_ItsPiecesAndPrefixCount()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.BytePairs);
        folder.Write("tokenizer_config.json", """{"add_prefix_space":true,"pad_token":{"content":"!"},"small_units":["Thai"]}""");

        var tokenizer = folder.Load();

        Assert.Equal("!", tokenizer[tokenizer.PadId]);
        Assert.StartsWith("Ġ", tokenizer[tokenizer.Tokenize("pay").Ids[0]], StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SentencePiecesFileAlone_SaysHowToConvertIt()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.Unigram);
        File.Move(Path.Combine(folder.Path, "tokenizer.json"), Path.Combine(folder.Path, "spm.model"));

        var error = Assert.Throws<InvalidDataException>(folder.Load);

        Assert.Contains("neither vocab.txt nor tokenizer.json, but spm.model, which is not read", error.Message, StringComparison.Ordinal);
        Assert.Contains($"AutoTokenizer.from_pretrained('{folder.Path}').save_pretrained(folder) writes tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownScript_SaysSo()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.Unigram);
        folder.Write("tokenizer_config.json", """{"small_units":["Klingon"]}""");

        Assert.Contains("small_units[0] is no script", Assert.Throws<InvalidDataException>(folder.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SubwordFolder.BytePairs)]
    [InlineData(SubwordFolder.Unigram)]
    public void Save_ForWordsWithSmallUnits_LoadIsTheSame(string name)
    {
        using var folder = SubwordFolder.Of(name);
        using var saved = SubwordFolder.With("{}");
        var words = new Example { Tokens = ["ไป", "pay"], Tags = ["O", "O"] };
        var inside = new Example { Text = "ไปเชียงใหม่", Entities = [new(2, 11, "city")] };

        var tokenizer = folder.Load().FitTo([words, inside]);
        tokenizer.Save(saved.Path);
        var loaded = saved.Load();

        foreach (var text in new[] { "pay 5kg to ไปเชียงใหม่", "北京" })
        {
            Assert.Equal(tokenizer.Tokenize(text).Ids, loaded.Tokenize(text).Ids);
            Assert.Equal(tokenizer.Tokenize(text).Units, loaded.Tokenize(text).Units);
        }

        Assert.Equal(tokenizer.Tokenize("a b").Ids[1..], tokenizer.Tokenize(["a", "b"]).Ids[1..]); // words are what they are in a text
    }

    [Fact]
    public void Load_FolderOfEachKind_IsThatKind()
    {
        using var folder = SubwordFolder.Of(SubwordFolder.Unigram);
        using var wordPiece = SubwordFolder.With("""
            {"model":{"type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"[PAD]":3,"[MASK]":4}}}
            """);

        Assert.Equal(4002, folder.Load().Count);
        Assert.IsType<WordPieceTokenizer>(TokenizerFolder.Load(wordPiece.Path));
    }

    private static SubwordFolder Damaged(string name, string what, string value)
    {
        using var whole = SubwordFolder.Of(name);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(whole.Path, "tokenizer.json")))!;
        var steps = what.Split('.');
        var parent = steps[..^1].Aggregate(json, (node, step) => node[step]!);
        parent[steps[^1]] = JsonNode.Parse(value);
        return SubwordFolder.With(json.ToJsonString());
    }
}
