using System.IO.Compression;
using Droptune.TrainingJob.LanguageModelling;

namespace Droptune.TrainingJob.Tests.LanguageModelling;

public sealed class CorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune corpus ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_FileWithBlankLines_HoldsDialogues()
    {
        File.WriteAllText(Path.Combine(_folder, "a.txt"), "\n hello \nhi there\n\n \n\nbye\nsee you\ntake care\n\n");

        var file = Assert.Single(Corpus.Read([_folder]).Files);

        Assert.True(file.HasDialogues);
        Assert.Equal([["hello", "hi there"], ["bye", "see you", "take care"]], file.Dialogues);
    }

    [Fact]
    public void Read_FileWithoutThem_HoldsParagraphs()
    {
        using (var gzip = new StreamWriter(new GZipStream(File.Create(Path.Combine(_folder, "a.txt.gz")), CompressionLevel.Fastest)))
        {
            gzip.Write("one paragraph\nanother\n\n"); // nothing follows the blank line
        }

        var file = Assert.Single(Corpus.Read([Path.Combine(_folder, "a.txt.gz")]).Files);

        Assert.False(file.HasDialogues);
        Assert.Equal(2, file.Lines);
    }

    [Fact]
    public void Read_NoText_SaysWhatACorpusIs()
    {
        File.WriteAllText(Path.Combine(_folder, "a.txt"), "\n\n");
        File.WriteAllText(Path.Combine(_folder, "notes.md"), "text");

        var e = Assert.Throws<InvalidDataException>(() => Corpus.Read([_folder]));

        Assert.Contains("*.txt", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt", "not UTF-8")]
    [InlineData("a.txt.gz", "damaged gzip")]
    public void Read_WhatCannotBeRead_SaysWhere(string name, string why)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), [.. "good\n"u8, 0xff, 0xfe, 0xff]);

        var e = Assert.Throws<InvalidDataException>(() => Corpus.Read([_folder]));

        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
