using Droptune.TrainingJob.Commands;

namespace Droptune.TrainingJob.Tests.Commands;

public sealed class DatasetSourceTests
{
    [Theory]
    [InlineData("https://data.example/sets/My%20Songs.jsonl.gz?sig=1", "my-songs", "My Songs.jsonl.gz")]
    [InlineData("http://data.example/train.conll", "train", "train.conll")]
    public void Open_Address_IsOneFileWithAValidName(string address, string name, string file)
    {
        var source = DatasetSource.Open(address);

        Assert.Equal((name, file), (source.Name, Assert.Single(source.Files).Name));
    }

    [Fact]
    public async Task Open_AddressDoesNotAnswer_IsNamedWhenItIsRead()
    {
        var source = DatasetSource.Open("http://127.0.0.1:1/train.conll");

        var error = await Assert.ThrowsAsync<IOException>(() => Assert.Single(source.Files).OpenAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("http://127.0.0.1:1/train.conll cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileAndFolder_HaveTheSameFiles()
    {
        var folder = Directory.CreateTempSubdirectory("Music_").FullName;
        var path = Path.Combine(folder, "songs.jsonl");
        File.WriteAllText(path, "{}");

        var (ofFile, ofFolder) = (DatasetSource.Open(path), DatasetSource.Open(folder + "/"));

        Assert.Equal("songs", ofFile.Name);
        Assert.StartsWith("music-", ofFolder.Name, StringComparison.Ordinal);
        Assert.Equal(Assert.Single(ofFile.Files).Name, Assert.Single(ofFolder.Files).Name);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Open_NothingThere_IsWrongUse() => Assert.Throws<WrongUseException>(() => DatasetSource.Open("no-such-folder"));
}
