using Droptune.Core.Text.Loading;
using Droptune.Core.Text.Subwords;

namespace Droptune.Core.Tests.Text.Subwords;

/// <summary>A model folder with a tokenizer.json: one of the reference, or one that is written here.</summary>
internal sealed class SubwordFolder : IDisposable
{
    public const string BytePairs = "roberta-bpe";
    public const string Unigram = "xlmr-unigram";

    public static readonly TheoryData<string> References = [BytePairs, "roberta-bpe-prefix", "modernbert-bpe", Unigram, "xlmr-unigram-new", "deberta-unigram", "deberta-unigram-new"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public string Path => _folder.FullName;

    public static SubwordFolder Of(string reference) => With(Encoding.UTF8.GetString(TestData.GzipBytes("reference", "encoders", reference, "tokenizer.json.gz")));

    public static SubwordFolder With(string tokenizerJson, string? config = null)
    {
        var folder = new SubwordFolder();
        folder.Write("tokenizer.json", tokenizerJson);
        if (config is not null)
        {
            folder.Write("tokenizer_config.json", config);
        }

        return folder;
    }

    public void Write(string name, string content) => File.WriteAllText(System.IO.Path.Combine(Path, name), content);

    public SubwordTokenizer Load() => Assert.IsType<SubwordTokenizer>(TokenizerFolder.Load(Path));

    public void Dispose() => _folder.Delete(recursive: true);
}
