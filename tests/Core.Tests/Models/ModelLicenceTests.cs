using Droptune.Core.Models;

namespace Droptune.Core.Tests.Models;

public sealed class ModelLicenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune licence ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("---\nlicense: apache-2.0\n---\n# Card", "apache-2.0")]
    [InlineData("---\nlanguage:\n- en\n- zh\nlicense: \"mit\" # ours\n---", "mit")]
    [InlineData("---\nlicense:\n- mit\n- cc-by-4.0\n---", "mit, cc-by-4.0")]
    [InlineData("---\nlicense: other\nlicense_name: our-own\nlicense_link: LICENSE\n---", "other: our-own")]
    [InlineData("---\nmodel-index:\n- results:\n  - license: nested\n---", null)]
    [InlineData("# Card\nlicense: apache-2.0", null)]
    [InlineData("---\n- license\n---", null)]
    [InlineData("---\nlicense: [\n---", null)]
    [InlineData("---\n: - : {\n---", null)]
    [InlineData("---", null)]
    [InlineData("", null)]
    public void Of_Card_IsWhatItsMetadataState(string card, string? licence)
    {
        File.WriteAllText(Path.Combine(_folder, "README.md"), card);

        Assert.Equal(licence, ModelLicence.Of(_folder));
    }

    [Fact]
    public void Of_NoCard_IsNone() => Assert.Null(ModelLicence.Of(_folder));

    [Fact]
    public void Of_EndlessNesting_IsNone()
    {
        File.WriteAllText(Path.Combine(_folder, "README.md"), $"---\nx: {new string('[', 1_000_000)}\nlicense: mit\n---");

        Assert.Null(ModelLicence.Of(_folder));
    }

    [Theory]
    [InlineData("apache-2.0", null)]
    [InlineData("cc-by-sa-4.0", null)]
    [InlineData("ncsa", null)] // the university of that name
    [InlineData("cc-by-nc-4.0", "has the licence 'cc-by-nc-4.0', which does not allow commercial use")]
    [InlineData("mit, cc-by-nc-sa-3.0", "has the licence 'mit, cc-by-nc-sa-3.0', which does not allow commercial use")]
    [InlineData("other: research-only", "has the licence 'other: research-only', which does not allow commercial use")]
    [InlineData("other", "has a licence of its own ('other')")]
    [InlineData("unknown", "states no licence")]
    [InlineData(null, "states no licence")]
    public void Concern_Licence_SaysWhatToKnow(string? licence, string? concern) => Assert.Equal(concern, ModelLicence.Concern(licence));
}
