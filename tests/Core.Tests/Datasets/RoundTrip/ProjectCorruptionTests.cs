using CsCheck;
using Droptune.Core.Datasets;
using Droptune.Core.Tests.Datasets.Reading;

namespace Droptune.Core.Tests.Datasets.RoundTrip;

/// <summary>Whatever is damaged in a project, corpus or archive: the gate ends with a verdict.</summary>
public sealed class ProjectCorruptionTests(CasesTests.Folder folder) : IClassFixture<CasesTests.Folder>
{
    private static readonly (string Name, byte[] Content)[] Others =
    [
        ("nlu.yml", Rendering.Utf8("nlu:\n- intent: book\n  examples: |\n    - table in [Leeds](city)\n    - [NY]{\"entity\": \"city\"}\n- lookup: city\n  examples:\n  - text: Leeds\n")),
        ("nlu.md", Rendering.Utf8("## intent:book\n- table in [Leeds](city)\n## synonym:x\n- y\n")),
        ("a.ann", Rendering.Utf8("T1\tPER 0 3\tAnn\nR1\tx Arg1:T1 Arg2:T1\n")),
        ("ner.csv", Rendering.Utf8("Sentence #,Word,POS,Tag\n1,Ann,NNP,B-per\n,\"\"\"\",NNP,O\n2,came,VBD,O\n")),
        ("lists.csv", Rendering.Utf8("tokens,tags\n\"['Ann', 'came']\",\"['B-per', 'O']\"\n")),
        ("seq.in", Rendering.Utf8("play jazz\nfind Ann\n")),
        ("x.conllup", Rendering.Utf8("# global.columns = ID FORM NER\n1-2\tdu\t_\n1\tde\tO\n2\tle\tB-X\n")),
        ("train.txt", Rendering.Utf8("__label__a one\n__label__b two\n")),
        ("numbers.jsonl", Rendering.Utf8("{\"words\":[\"Ann\"],\"ner_tags\":[1],\"label\":0}\n")),
        ("dataset_infos.json", Rendering.Utf8("{\"x\":{\"features\":{\"ner_tags\":{\"feature\":{\"names\":[\"O\",\"B-X\"]}},\"label\":{\"names\":[\"a\",\"b\"]}}}}")),
        ("chat.jsonl", Rendering.Utf8("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n")),
        ("data.zip", ContainersTests.Zip(("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n"), ("b/test.csv", "text,label\na,x\n"))),
        ("data.xlsx", ContainersTests.Workbook(("train", "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>text</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>label</t></is></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>2</v></c></row>"))),
    ];

    /// <summary>A change at a place in a file: a byte less, more or other, or the file's end.</summary>
    private static readonly Gen<(int File, int Kind, double Place, char Character)> Edits =
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 3], Gen.Double.Unit, Gen.Char["\"{}[],:\\\t #=-x0()*|\0\n"]);

    [Fact]
    public void CheckAsync_DamagedProjects_EndWithAVerdict()
    {
        (string Name, byte[] Content)[] files =
        [
            .. Directory.EnumerateFiles(Path.Combine(folder.Path, "21-json-project-files"), "*", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Path.Combine(folder.Path, "01-scheme-none-guessed", "webanno"))).Concat(Directory.EnumerateFiles(Path.Combine(folder.Path, "01-scheme-none-guessed", "ontonotes-as-conll")))
                .Where(path => Path.GetFileName(path) != "README").Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))),
            .. Others,
        ];
        DatasetFile[] beside = [Some.File("a.txt", "Ann"), Some.File("seq.out", "O B-x\nO B-y\n"), Some.File("label", "p\nf\n"), Some.File("01.txt", "The Bank of Leeds lends money.")];

        Edits.Sample(
            edit =>
            {
                var (name, content) = files[edit.File % files.Length];

                var report = Some.Report([Some.File(name, Damage(content, edit.Kind, (int)(edit.Place * content.Length), (byte)edit.Character)), .. beside.Where(file => file.Name != name)]).GetAwaiter().GetResult();

                Assert.NotEmpty(report.Findings); // there is too little to train
                Assert.DoesNotContain(report.Findings, finding => string.IsNullOrEmpty(finding.Message));
            },
            iter: 1000);
    }

    private static byte[] Damage(byte[] content, int kind, int place, byte other) => kind switch
    {
        0 => [.. content[..place], .. content[Math.Min(place + 1, content.Length)..]],
        1 => [.. content[..place], other, .. content[place..]],
        2 => [.. content[..place], other, .. content[Math.Min(place + 1, content.Length)..]],
        _ => content[..place],
    };
}
