namespace NixSharp.Benchmarks.Comparisons;

internal static class MSBuildComparisons
{
    /// <summary>Two equal projects, one with the package from a folder feed; both are built, so that nothing is left to do.</summary>
    public static async Task<Comparison> UpToDateAsync(Workshop shop)
    {
        var version = $"0.1.0-bench.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}";
        var folder = Workshop.FileOf("msbuild");
        await ScriptTimer.RunAsync($$"""
            {{Workshop.Clean(folder)}}
            mkdir -p '{{folder}}/feed' '{{folder}}/without' '{{folder}}/with'
            cd '{{shop.Root}}' && dotnet pack src/NixSharp.MSBuild -c Release -o '{{folder}}/feed' -p:Version={{version}} -v q
            cd '{{folder}}'
            echo '<Project/>' | tee Directory.Build.props Directory.Build.targets Directory.Packages.props >/dev/null
            echo '<configuration><packageSources><add key="local" value="feed" /></packageSources></configuration>' > NuGet.config
            for project in without with; do echo 'System.Console.WriteLine("hello");' > $project/Program.cs; done
            echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>' > without/app.csproj
            sed 's|</Project>|<ItemGroup><PackageReference Include="NixSharp.MSBuild" Version="{{version}}" PrivateAssets="all" /></ItemGroup></Project>|' without/app.csproj > with/app.csproj
            (cd without && dotnet build -v q) && (cd with && dotnet build -v q && dotnet build -v q -t:NixImage -p:NixStore='{{folder}}/store')
            """);
        return new Comparison(
            "build of a console project that is up to date",
            ["dotnet"],
            new Contender("dotnet build, with NixSharp.MSBuild", $"cd '{folder}/with'; dotnet build -v q --no-restore"),
            [
                new Contender("dotnet build, without it", $"cd '{folder}/without'; dotnet build -v q --no-restore"),
                new Contender("dotnet build -t:NixImage, up to date too", $"cd '{folder}/with'; dotnet build -v q --no-restore -t:NixImage -p:NixStore='{folder}/store'"),
            ]);
    }
}
