using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Expressions;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class RealExpressionTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "a", "B", "7", " ", "  ", "\n", "\n\n", "\t", "\r", "\"", "'", "''", "'''", "$", "$$", "${", "$${", "{x}", "}", "\\", "\\n", "#", "/*", "é", "漢", "😀", "in", "or", "a.b", ";", "\u0001", "\u2028", "\u007f", "line\n", "  line\n",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Random_values_come_back_from_nix_as_they_were(NixRelease nix)
    {
        // One evaluation for all of them, because a process costs more than a thousand values.
        var random = new Random(4711);
        var values = new JArray(Enumerable.Range(0, 1500).Select(_ => Make(random, 4)));

        var expression = NixExpression.FromJson(values);
        Assert.Contains("''\n", expression.ToString(), StringComparison.Ordinal);

        var theirs = await EvaluateAsync(nix, expression);

        for (var i = 0; i < values.Count; i++)
        {
            Assert.True(
                JToken.DeepEquals(Sort(values[i]), Sort(theirs[i]!)),
                $"{values[i].ToString(Formatting.None)}\nwas written as\n{NixExpression.FromJson(values[i])}\nand came back as\n{theirs[i]!.ToString(Formatting.None)}");
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Every_construct_means_in_nix_what_it_says(NixRelease nix)
    {
        var (x, f) = (new NixVariable("x"), new NixVariable("f"));
        (NixExpression Expression, string Value)[] cases =
        [
            (new NixLet([new NixAttribute("x", 5)], new NixString("costs $", new NixCall(new NixVariable("toString"), x), "${x}")), "\"costs $5${x}\""),
            (new NixLet([new NixAttribute("f", new NixFunction(["a", new NixParameter("b", -2)], new NixOperation(new NixVariable("a"), "-", new NixVariable("b"))) { TakesMore = true })], new NixCall(f, new NixSet(new NixAttribute("a", 1), new NixAttribute("c", 3)))), "3"),
            (new NixLet([new NixAttribute("f", new NixFunction([], new NixVariable("all")["c"]) { TakesMore = true, Name = "all" })], new NixCall(f, new NixSet(new NixAttribute("c", "d")))), "\"d\""),
            (new NixWith(new NixSet(new NixAttribute("x", 1), new NixAttribute("y", new NixList(2))), new NixOperation(new NixList(x), "++", new NixVariable("y"))), "[1,2]"),
            (new NixIf(new NixOperation(1, "<", 2), "yes", new NixIf(false, 1, 2)), "\"yes\""),
            (new NixSelection(new NixSet(new NixAttribute("a", 1)), ["b", "c"]) { Default = new NixList(-1) }, "[-1]"),
            (new NixLet([new NixAttribute("x", "key")], new NixSet(new NixAttribute([x, "a b"], 1), new NixInherit("x"))), "{\"key\":{\"a b\":1},\"x\":\"key\"}"),
            (new NixSet(new NixInherit("a") { From = new NixSet(new NixAttribute("a", 1), new NixAttribute("b", 2)) }), "{\"a\":1}"),
            (new NixSet(new NixAttribute("a", 1), new NixAttribute("b", new NixVariable("a"))) { IsRecursive = true }, "{\"a\":1,\"b\":1}"),
            (new NixOperation(new NixSet(new NixAttribute("a", 1)), "//", new NixSet(new NixAttribute("a", 2))), "{\"a\":2}"),
            (new NixCall(new NixVariable("toString"), new NixPath("/some where/é ${x}")), "\"/some where/é ${x}\""),
            (new NixCall(new NixVariable("toString"), new NixPath("/")), "\"/\""),
            (new NixList(long.MinValue, long.MaxValue, new NixCall(new NixFunction("x", x), -1)), "[-9223372036854775808,9223372036854775807,-1]"),
            (new NixList(1e30, -2.5e-7, 0.1), "[1e+30,-2.5e-07,0.1]"),
            (new NixString(new NixString("a $"), new NixString("{b"), new NixIf(true, "c\n${d}\ne\n", "d")), "\"a ${bc\\n${d}\\ne\\n\""),
        ];

        var theirs = await EvaluateAsync(nix, new NixList([.. cases.Select(static item => item.Expression)]));

        for (var i = 0; i < cases.Length; i++)
        {
            Assert.True(JToken.DeepEquals(JToken.Parse(cases[i].Value), theirs[i]), $"{cases[i].Expression}\ngave {theirs[i]!.ToString(Formatting.None)}");
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_written_flake_is_locked_and_evaluated(NixRelease nix)
    {
        _folder.Write("lib/flake.nix", "{ outputs = _: { greet = name: \"hello ${name}\"; }; }");
        _folder.Write("other/flake.nix", $"{{ inputs.lib.url = \"path:{_folder["lib"]}\"; outputs = {{ lib, ... }}: {{ inherit (lib) greet; }}; }}");
        Directory.CreateDirectory(_folder["app"]);
        await new FlakeFile
        {
            Comment = "Written by a test.",
            Description = "An \"app\" for ${nobody}",
            Inputs = new Dictionary<string, FlakeInput>
            {
                ["lib"] = FlakeInput.From($"path:{_folder["lib"]}"),
                ["other"] = FlakeInput.From($"path:{_folder["other"]}") with { InputFollows = new Dictionary<string, string> { ["lib"] = "lib" } },
                ["same"] = new FlakeInput { Follows = "other/lib" },
                ["files"] = FlakeInput.From($"path:{_folder["lib"]}") with { IsFlake = false },
            },
            Outputs = new NixSet(
                new NixAttribute("greeting", new NixCall(new NixVariable("other")["greet"], "you")),
                new NixAttribute("again", new NixCall(new NixVariable("inputs")["same", "greet"], "me")),
                new NixAttribute("isThere", new NixCall(new NixVariable("builtins")["pathExists"], new NixString(new NixVariable("files"), "/flake.nix")))),
        }.WriteAsync(_folder["app/flake.nix"]);

        await CommandLine.RunAsync(nix.PathOf("nix-instantiate"), "--parse", _folder["app/flake.nix"]);
        var metadata = JObject.Parse(await RealNix.RunAsync(nix, _folder["store"], "nix", "flake", "metadata", "--json", "path:" + _folder["app"]));
        Assert.Equal("An \"app\" for ${nobody}", metadata["description"]);
        foreach (var (attribute, value) in ((string, string)[])[("greeting", "\"hello you\""), ("again", "\"hello me\""), ("isThere", "true")])
        {
            Assert.Equal(value, (await RealNix.RunAsync(nix, _folder["store"], "nix", "eval", "--json", $"path:{_folder["app"]}#{attribute}")).Trim());
        }
    }

    [RequiresFact("nix")]
    public async Task The_tool_writes_json_as_nix()
    {
        var text = await NixSharpProgram.RunAsync("flake", "expr", _folder.Write("data.json", "{ \"a b\": [1, -2, null], \"c\": \"${d}\" }"));
        Assert.Equal("{\n  \"a b\" = [ 1 (-2) null ];\n  c = \"\\${d}\";\n}\n", text);
        Assert.Equal(
            "{\"a b\":[1,-2,null],\"c\":\"${d}\"}",
            (await RealNix.RunAsync(_folder["store"], "nix", "eval", "--json", "--impure", "--file", _folder.Write("data.nix", text))).Trim());
        Assert.Equal(1, (await NixSharpProgram.TryRunAsync("flake", "expr", _folder["data.nix"])).ExitCode);
    }

    private async Task<JArray> EvaluateAsync(NixRelease nix, NixExpression expression)
    {
        var file = _folder.Write("value.nix", expression + "\n");
        var text = await RealNix.RunAsync(nix, _folder["store"], "nix", "eval", "--json", "--impure", "--file", file);
        using var reader = new JsonTextReader(new StringReader(text)) { MaxDepth = 200, DateParseHandling = DateParseHandling.None };
        return (JArray)JToken.ReadFrom(reader);
    }

    private static JToken Make(Random random, int depth) => random.Next(depth == 0 ? 4 : 7) switch
    {
        0 => new JValue(random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-3, 9)),
        1 => new JValue(random.Next(2) == 0),
        2 or 3 => new JValue(Word(random)),
        4 => JValue.CreateNull(),
        5 => new JArray(Enumerable.Range(0, random.Next(6)).Select(_ => Make(random, depth - 1))),
        _ => new JObject(Enumerable.Range(0, random.Next(5)).Select(_ => Word(random)).Distinct().Select(name => new JProperty(name, Make(random, depth - 1)))),
    };

    private static string Word(Random random) => string.Concat(random.GetItems(Pieces, random.Next(9)));

    /// <summary>Nix orders the attributes of a set.</summary>
    private static JToken Sort(JToken json) => json switch
    {
        JObject set => new JObject(set.Properties().OrderBy(static property => property.Name, StringComparer.Ordinal).Select(static property => new JProperty(property.Name, Sort(property.Value)))),
        JArray list => new JArray(list.Select(Sort)),
        _ => json.DeepClone(),
    };
}
