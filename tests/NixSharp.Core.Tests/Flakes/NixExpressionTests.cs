using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Expressions;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class NixExpressionTests
{
    private static readonly NixVariable Name = new("x");

    [Fact]
    public void Strings_are_quoted_so_that_nothing_in_them_means_anything()
    {
        Assert.Equal("\"a\\\"b\\\\c\\n\\r\\t\\${d} $e $\"", Text("a\"b\\c\n\r\t${d} $e $"));
        Assert.Equal("\"costs \\$${x}\"", Text(new NixString("costs $", Name)));
        Assert.Equal("\"\\${x}\"", Text(new NixString("$", "{x}")));
        Assert.Equal("\"${x}${\"\\${y}\" + x}\"", Text(new NixString(Name, new NixOperation("${y}", "+", Name))));
    }

    [Fact]
    public void Several_lines_are_written_as_such() =>
        Assert.Equal(
            """
            {
              script = ''
                echo ''${HOME}
                  indented

                done
              '';
            }
            """,
            Text(new NixSet(new NixAttribute("script", "echo ${HOME}\n  indented\n\ndone\n"))));

    [Fact]
    public void Names_are_quoted_where_they_have_to_be() =>
        Assert.Equal(
            """
            {
              plain-name' = 1;
              "in" = 2;
              "or" = 3;
              "1st" = 4;
              "a.b" = 5;
              "" = 6;
              "\${x}" = 7;
              a."b c".${x} = 8;
            }
            """,
            Text(new NixSet(
                new NixAttribute("plain-name'", 1),
                new NixAttribute("in", 2),
                new NixAttribute("or", 3),
                new NixAttribute("1st", 4),
                new NixAttribute("a.b", 5),
                new NixAttribute("", 6),
                new NixAttribute("${x}", 7),
                new NixAttribute(["a", "b c", Name], 8))));

    [Fact]
    public void What_is_loose_gets_parentheses()
    {
        Assert.Equal("[ (-1) (f x) a.b (x: x) ]", Text(new NixList(-1, new NixCall(new NixVariable("f"), Name), new NixVariable("a")["b"], new NixFunction("x", Name))));
        Assert.Equal("f (g x) (-1.5)", Text(new NixCall(new NixVariable("f"), new NixCall(new NixVariable("g"), Name), -1.5)));
        Assert.Equal("(f x).y or (-1)", Text(new NixSelection(new NixCall(new NixVariable("f"), Name), ["y"]) { Default = -1 }));
        Assert.Equal("(1 - 2) - (-3)", Text(new NixOperation(new NixOperation(1, "-", 2), "-", -3)));
        Assert.Equal("(x: x) 1", Text(new NixCall(new NixFunction("x", Name), 1)));
    }

    [Fact]
    public void Numbers_are_written_as_nix_reads_them()
    {
        Assert.Equal("9223372036854775807", Text(long.MaxValue));
        Assert.Equal("-9223372036854775807 - 1", Text(long.MinValue));
        Assert.Equal("1.0", Text(1.0));
        Assert.Equal("1.0e+30", Text(1e30));
        Assert.Equal("1.5e-10", Text(1.5e-10));
        Assert.Throws<FlakeException>(() => Text(double.NaN));
    }

    [Fact]
    public void Paths_are_paths()
    {
        Assert.Equal("./module.nix", Text(new NixPath("./module.nix")));
        Assert.Equal("./.", Text(new NixPath("./")));
        Assert.Equal("../.", Text(new NixPath("..")));
        Assert.Equal("/.", Text(new NixPath("/")));
        Assert.Equal("../. + \"/my module.nix\"", Text(new NixPath("../my module.nix")));
        Assert.Equal("[ (./. + \"/a b\") ]", Text(new NixList(new NixPath("./a b"))));
        Assert.Throws<FlakeException>(() => new NixPath("module.nix"));
        Assert.Throws<FlakeException>(() => new NixPath(""));
    }

    [Theory]
    [InlineData("in")]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a b")]
    [InlineData("-a")]
    public void A_variable_has_a_name_of_the_language(string name)
    {
        Assert.Equal(NixErrorCodes.InvalidNixExpression, Assert.Throws<FlakeException>(() => new NixVariable(name)).Code);
        Assert.Throws<FlakeException>(() => new NixParameter(name));
        Assert.Throws<FlakeException>(() => new NixFunction(name, 1));
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\ud800')]
    public void What_nix_has_no_string_for_is_refused(char character)
    {
        var text = $"a{character}b";
        Assert.Throws<FlakeException>(() => Text(text));
        Assert.Throws<FlakeException>(() => Text(new NixSet(new NixAttribute(text, 1))));
        Assert.Throws<FlakeException>(() => Text($"several\nlines\n{text}\n"));
    }

    [Fact]
    public void What_is_nested_without_end_is_refused()
    {
        NixExpression deep = 1;
        for (var i = 0; i < 2000; i++)
        {
            deep = new NixList(deep, "a text that is long enough for lines of its own, which are needed to be nested");
        }

        Assert.Throws<FlakeException>(() => Text(deep));
    }

    [Fact]
    public void Json_is_written_as_the_value_that_it_is() =>
        Assert.Equal(
            "{\n  a = [ 1 2.5 true null ];\n  b = { c = \"d\"; };\n}",
            Text(NixExpression.FromJson(JToken.Parse("{\"a\":[1,2.5,true,null],\"b\":{\"c\":\"d\"}}"))));

    [Fact]
    public void A_flake_reads_as_if_it_were_written_by_hand()
    {
        var system = new NixVariable("system");
        var flake = new FlakeFile
        {
            Comment = "Made by a build; change the project instead.",
            Description = "A web server",
            Inputs = new Dictionary<string, FlakeInput>
            {
                ["nixpkgs"] = FlakeInput.From("github:NixOS/nixpkgs/nixos-26.05"),
                ["data"] = FlakeInput.From("https://example.org/data.tar.gz") with { IsFlake = false },
                ["utils"] = FlakeInput.From("github:numtide/flake-utils") with { InputFollows = new Dictionary<string, string> { ["nixpkgs"] = "nixpkgs" } },
                ["systems"] = new FlakeInput { Follows = "utils/systems" },
            },
            NixConfig = new Dictionary<string, NixExpression> { ["extra-substituters"] = new NixList("https://cache.example.org") },
            Outputs = new NixLet(
                [
                    new NixAttribute("system", "x86_64-linux") { Comment = "The only one that is built." },
                    new NixAttribute("pkgs", new NixVariable("nixpkgs")["legacyPackages", system]),
                    new NixInherit("lib") { From = new NixVariable("nixpkgs") },
                ],
                new NixSet(
                    new NixAttribute(["packages", system, "default"], new NixCall(new NixVariable("pkgs")["callPackage"], new NixPath("./package.nix"), new NixSet())),
                    new NixAttribute(
                        ["devShells", system, "default"],
                        new NixCall(new NixVariable("pkgs")["mkShell"], new NixSet(
                            new NixAttribute("packages", new NixWith(new NixVariable("pkgs"), new NixList(new NixVariable("git"), new NixVariable("dotnet-sdk_10")))),
                            new NixAttribute("shellHook", "export A=1\nexport B=${A}\n"))))))
        };

        Assert.Equal(
            """
            # Made by a build; change the project instead.
            {
              description = "A web server";
              inputs = {
                data = {
                  url = "https://example.org/data.tar.gz";
                  flake = false;
                };
                nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
                systems.follows = "utils/systems";
                utils = {
                  url = "github:numtide/flake-utils";
                  inputs.nixpkgs.follows = "nixpkgs";
                };
              };
              nixConfig = { extra-substituters = [ "https://cache.example.org" ]; };
              outputs =
                { self, data, nixpkgs, systems, utils, ... }@inputs:
                let
                  # The only one that is built.
                  system = "x86_64-linux";
                  pkgs = nixpkgs.legacyPackages.${system};
                  inherit (nixpkgs) lib;
                in
                {
                  packages.${system}.default = pkgs.callPackage ./package.nix { };
                  devShells.${system}.default = pkgs.mkShell {
                    packages = with pkgs; [ git dotnet-sdk_10 ];
                    shellHook = ''
                      export A=1
                      export B=''${A}
                    '';
                  };
                };
            }

            """,
            flake.ToString());
    }

    private static string Text(NixExpression expression) => expression.ToString();
}
