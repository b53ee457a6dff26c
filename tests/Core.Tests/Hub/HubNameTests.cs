using Droptune.Core.Hub;

namespace Droptune.Core.Tests.Hub;

public class HubNameTests
{
    [Theory]
    [InlineData("google-bert/bert-base-cased", "google-bert/bert-base-cased", null)]
    [InlineData("org/name@main", "org/name", "main")]
    [InlineData("org/name@v1.0", "org/name", "v1.0")]
    [InlineData("org/name@refs/pr/12", "org/name", "refs/pr/12")]
    [InlineData("org/name@" + TestHub.Commit, "org/name", TestHub.Commit)]
    public void Parse_NameOfTheHub_IsRead(string text, string id, string? revision)
    {
        var name = HubName.Parse(text);

        Assert.Equal(new HubName(id, revision), name);
        Assert.Equal(text, $"{name}");
    }

    [Theory]
    [InlineData("bert-base-cased")]
    [InlineData("./org/name")]
    [InlineData("/org/name")]
    [InlineData("../name")]
    [InlineData("org/..")]
    [InlineData("org/name/more")]
    [InlineData("org/name@")]
    [InlineData("org/name@../..")]
    [InlineData("org/name@a//b")]
    [InlineData("org/name@refs/")]
    [InlineData("org/name?x=y")]
    [InlineData("org/na me")]
    [InlineData("org/name\n")]
    [InlineData("ørg/name")]
    [InlineData("o--rg/name")]
    [InlineData("https://huggingface.co/org/name")]
    [InlineData("")]
    public void Parse_AnythingElse_IsNone(string text) => Assert.Null(HubName.Parse(text));

    [Fact]
    public void Folder_PinnedName_LeadsBackToIt()
    {
        var name = HubName.Parse($"google-bert/bert-base-cased@{TestHub.Commit}")!;

        Assert.Equal($"google-bert--bert-base-cased@{TestHub.Commit}", name.Folder);
        Assert.Equal(name, HubName.OfFolder(name.Folder));
    }

    [Theory]
    [InlineData("bert-base-cased")]
    [InlineData("my--model")]
    [InlineData("my--model@main")]
    [InlineData("my--own--model@" + TestHub.Commit)]
    public void OfFolder_FolderOfAnOperator_IsNoCopy(string folder) => Assert.Null(HubName.OfFolder(folder));
}
