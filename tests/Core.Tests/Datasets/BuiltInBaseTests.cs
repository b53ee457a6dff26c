using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Datasets;

/// <summary>What a dataset starts from that names no base model, in an account that has none.</summary>
public sealed class BuiltInBaseTests
{
    private static readonly string[] English =
    [
        "where is the parcel that I ordered last week", "please cancel my order and send the money back", "can I change the address of my delivery",
        "the screen of my new phone is broken", "how do I reset my password", "what time does the shop in London open",
    ];

    private static readonly string[] Chinese =
        ["我上周订的包裹在哪里", "请取消我的订单并退款", "我可以更改收货地址吗", "我的新手机屏幕坏了", "怎么重置密码", "伦敦的商店几点开门"];

    private static readonly string[] German =
    [
        "wo bleibt das Paket, das ich letzte Woche bestellt habe", "bitte stornieren Sie meine Bestellung", "kann ich die Lieferadresse noch ändern",
        "der Bildschirm meines neuen Telefons ist kaputt", "wie setze ich mein Kennwort zurück", "wann öffnet das Geschäft in London",
    ];

    private static readonly string[] Japanese =
        ["先週注文した荷物はどこですか", "注文をキャンセルしてください", "配送先を変更できますか", "新しい電話の画面が壊れています", "パスワードをリセットするには", "ロンドンの店は何時に開きますか"];

    [Fact]
    public async Task CheckAsync_EnglishAndChinese_StartFromTheBuiltInBase()
    {
        var report = await ReportAsync([.. English, .. Chinese], new());

        Assert.Equal(BaseModel.BuiltIn, report.Base!.Name);
        Assert.Equal("pieces", report.Quality.Lengths.Unit);
        Assert.DoesNotContain(report.Findings, finding => finding.Code is FindingCode.UnfitBaseModel or FindingCode.UnknownPieces);
    }

    [Fact]
    public async Task CheckAsync_AnotherLanguage_StartsFromScratchAndSaysSo()
    {
        foreach (var texts in new[] { German, Japanese })
        {
            var report = await ReportAsync(texts, new());

            var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnfitBaseModel);
            Assert.StartsWith("It knows English and Chinese: ", finding.Message, StringComparison.Ordinal);
            Assert.Contains("multilingual", finding.Advice, StringComparison.Ordinal);
            Assert.Equal((BaseModel.Scratch, "units"), (report.Base!.Name, report.Quality.Lengths.Unit));
        }
    }

    [Fact]
    public async Task CheckAsync_LabelsThatDifferByCase_StartFromScratchAndSaySo()
    {
        var texts = Enumerable.Range(0, 120).Select(i => $"take number {i} {(i % 2 == 0 ? "Polish" : "polish")} please");

        var report = await ReportAsync([.. texts], new());

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.UnfitBaseModel && finding.Message.Contains("lower case", StringComparison.Ordinal));
        Assert.Equal(BaseModel.Scratch, report.Base!.Name);
    }

    [Fact]
    public async Task CheckAsync_LongerThanItReads_StartsFromScratchAndSaysSo()
    {
        var report = await ReportAsync(English, new() { Training = new() { MaxLength = BuiltInBase.MaxLength + 1 } });

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.UnfitBaseModel && finding.Message.Contains("257", StringComparison.Ordinal));
        Assert.Equal((true, BaseModel.Scratch), (report.Accepted, report.Base!.Name));
    }

    [Fact]
    public async Task CheckAsync_AskedFor_StartsFromItWhateverTheLanguage()
    {
        var report = await ReportAsync(German, new() { BaseModel = BaseModel.BuiltIn });

        Assert.Equal(BaseModel.BuiltIn, report.Base!.Name);
        Assert.DoesNotContain(report.Findings, finding => finding.Code == FindingCode.UnfitBaseModel);
    }

    public static TheoryData<DatasetManifest> FromScratch =>
    [
        new DatasetManifest { BaseModel = BaseModel.Scratch },
        new DatasetManifest { Size = "mini" },
        new DatasetManifest { Training = new() { VocabularySize = 4000 } },
        new DatasetManifest { Training = new() { Tokenizer = new() { Lowercase = false } } },
    ];

    [Theory]
    [MemberData(nameof(FromScratch))]
    public async Task CheckAsync_WhatOnlyAModelFromScratchHas_StartsFromScratch(DatasetManifest manifest)
    {
        var report = await ReportAsync(English, manifest);

        Assert.Equal(BaseModel.Scratch, report.ToJobSpec().Base.Name);
        Assert.DoesNotContain(report.Findings, finding => finding.Code == FindingCode.UnfitBaseModel);
    }

    [Theory]
    [MemberData(nameof(FromScratch))]
    public async Task StartOf_OptionsThatTheBuiltInBaseCannotDo_IsScratch(DatasetManifest manifest)
    {
        var report = await ReportAsync(English, new());

        Assert.Equal(BaseModel.BuiltIn, report.StartOf(new()).Name);
        Assert.Equal(BaseModel.Scratch, report.StartOf(new() { MaxLength = BuiltInBase.MaxLength + 1 }).Name);
        Assert.Equal(manifest.Training.WantsOwnVocabulary() ? BaseModel.Scratch : BaseModel.BuiltIn, report.StartOf(manifest.Training).Name);
    }

    /// <summary>One that an operator brought under its name is theirs to judge.</summary>
    [Fact]
    public async Task CheckAsync_AnotherModelOfItsName_IsNotJudgedByItsLanguages()
    {
        var folder = Directory.CreateTempSubdirectory("droptune base ");
        foreach (var file in Directory.GetFiles(BuiltInBase.Folder))
        {
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        }

        var report = await ReportAsync(German, new(), (_, _) => Task.FromResult<FoundBaseModel?>(new(BaseModel.BuiltIn, folder.FullName)));
        folder.Delete(recursive: true);

        Assert.Equal(BaseModel.BuiltIn, report.Base!.Name);
        Assert.DoesNotContain(report.Findings, finding => finding.Code == FindingCode.UnfitBaseModel);
    }

    [Fact]
    public void Folder_BesideTheProgram_HasWhatTheGateNeedsAndItsLicence()
    {
        var config = ModelConfig.From(ModelNaming.For(BuiltInBase.Folder).Config);

        Assert.Equal((BuiltInBase.MaxLength, WordPieceTokenizer.Load(BuiltInBase.Folder).Vocabulary.Count), (config.MaxPositionEmbeddings, config.VocabSize));
        Assert.All(["LICENSE", "NOTICE.md", "README.md"], file => Assert.True(File.Exists(Path.Combine(BuiltInBase.Folder, file)), file));
    }

    /// <summary>Every second text has another label.</summary>
    private static Task<DatasetReport> ReportAsync(string[] texts, DatasetManifest manifest, BaseModelFinder? finder = null)
    {
        var lines = texts.Select((text, i) => JsonSerializer.Serialize(new { text, label = i % 2 == 0 ? "even" : "odd" }));
        DatasetFile[] files = [Some.Manifest(manifest), Some.File("train.jsonl", string.Join('\n', lines)), Some.File("dev.jsonl", """{"text":"12","label":"odd"}""")];
        return DatasetGate.CheckAsync(
            "texts", files, null, finder ?? ((name, _) => Task.FromResult<FoundBaseModel?>(new(name ?? BaseModel.BuiltIn, BuiltInBase.Folder))),
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
