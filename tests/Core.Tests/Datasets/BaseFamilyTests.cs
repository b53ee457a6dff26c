using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Models;

namespace Droptune.Core.Tests.Datasets;

/// <summary>What the gate counts with where the base model is not BERT.</summary>
public sealed class BaseFamilyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("roberta", "roberta-bpe", 3000)]
    [InlineData("xlm-roberta", "xlmr-unigram", 4002)]
    [InlineData("deberta-v2", "deberta-unigram", 4002)]
    public async Task CheckAsync_BaseWithItsOwnTokenizer_CountsItsPieces(string type, string tokenizer, int vocabulary)
    {
        var report = await ReportAsync(type, tokenizer, vocabulary, maxLength: 32);

        Assert.DoesNotContain(report.Findings, finding => finding.Code is FindingCode.UnusableBaseModel or FindingCode.UnknownPieces);
        Assert.Equal("pieces", report.Quality.Lengths.Unit);
        Assert.Equal(1, report.Quality.Lengths.Windowed);
    }

    [Theory]
    [InlineData("roberta", 3000, 33, "training.maxLength is 33, the base model takes 32 pieces.")] // of 34 positions
    [InlineData("roberta", 2999, 32, "The tokenizer of base has 3000 pieces, its config.json says 2999 (vocab_size): they are not of one model.")]
    [InlineData("t5", 3000, 32, "base: model_type 't5' is not supported; these are: bert, roberta, xlm-roberta")]
    public async Task CheckAsync_UnusableBase_SaysWhy(string type, int vocabulary, int maxLength, string reason)
    {
        var report = await ReportAsync(type, "roberta-bpe", vocabulary, maxLength);

        Assert.StartsWith(reason, report.Findings.Single(finding => finding.Code == FindingCode.UnusableBaseModel).Message, StringComparison.Ordinal);
    }

    private Task<DatasetReport> ReportAsync(string type, string tokenizer, int vocabulary, int maxLength)
    {
        File.WriteAllBytes(Path.Combine(_folder, "tokenizer.json"), TestData.GzipBytes("reference", "encoders", tokenizer, "tokenizer.json.gz"));
        File.WriteAllText(Path.Combine(_folder, "config.json"), $$"""
            {"model_type":"{{type}}","vocab_size":{{vocabulary}},"hidden_size":64,"num_hidden_layers":3,"num_attention_heads":4,
             "intermediate_size":256,"max_position_embeddings":34,"type_vocab_size":{{(type == "deberta-v2" ? 0 : 1)}},"pad_token_id":1,
             "relative_attention":true,"pos_att_type":["p2c","c2p"],"share_att_key":true,"norm_rel_ebd":"layer_norm","position_biased_input":false,
             "position_buckets":16}
            """);
        var texts = new[] { "where is the parcel", "cancel my order", string.Join(' ', Enumerable.Repeat("please", 40)), "reset my password" };
        var lines = texts.Select((text, i) => JsonSerializer.Serialize(new { text, label = i % 2 == 0 ? "even" : "odd" }));
        DatasetFile[] files =
        [
            Some.Manifest(new() { BaseModel = "base", Training = new() { MaxLength = maxLength } }),
            Some.File("train.jsonl", string.Join('\n', lines)), Some.File("dev.jsonl", """{"text":"12","label":"odd"}"""),
        ];
        return DatasetGate.CheckAsync(
            "texts", files, null, (_, _) => Task.FromResult<FoundBaseModel?>(new("base", _folder)), cancellationToken: TestContext.Current.CancellationToken);
    }
}
